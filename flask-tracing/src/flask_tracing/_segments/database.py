"""The `sql` block of a document: a call of an SQL database."""

from typing import Any

Document = dict[str, Any]

#: Values of `db.system` for SQL databases. The others, such as Redis, have no `sql` block, and their attributes are metadata.
_SQL = frozenset(
    {
        "db2",
        "derby",
        "firebirdsql",
        "h2database",
        "hanadb",
        "hsqldb",
        "ibm.db2",
        "informix",
        "mariadb",
        "microsoft.sql_server",
        "mssql",
        "mysql",
        "oracle",
        "oracle.db",
        "other_sql",
        "postgresql",
        "sap.hana",
        "sqlite",
        "teradata",
        "trino",
        "cockroachdb",
        "clickhouse",
        "redshift",
        "aws.redshift",
    }
)


def sql_of(rest: dict[str, Any]) -> Document | None:
    """Returns the block, or `None` for another call, and removes the attributes that it uses from `rest`.

    The literals of statements have been removed before, and parameters are not recorded.
    """
    system = rest.get("db.system") or rest.get("db.system.name")
    if system not in _SQL:
        return None
    del rest["db.system" if "db.system" in rest else "db.system.name"]
    found: Document = {"database_type": system}
    url = _url(rest)
    if url:
        found["url"] = url
    user = rest.pop("db.user", None)
    if user:
        found["user"] = user
    statements = [rest.pop("db.statement", None), rest.pop("db.query.text", None)]
    statement = next(filter(None, statements), None)
    if statement:
        found["sanitized_query"] = statement
    return found


def _url(rest: dict[str, Any]) -> str | None:
    """Returns `host:port/database`, or the parts of it that are known."""
    names = [rest.pop("db.name", None), rest.pop("db.namespace", None)]
    database = next(filter(None, names), "")
    connection = rest.pop("db.connection_string", None)
    if connection:
        return str(connection)
    host = rest.get("server.address") or rest.get("net.peer.name")
    if not host:
        return database or None
    port = rest.get("server.port") or rest.get("net.peer.port")
    return f"{host}:{port}/{database}" if port else f"{host}/{database}"
