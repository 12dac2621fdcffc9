"""Each test is named after a promise. The SDKs and the sockets are real; only the two clouds are doubles."""
