export const NAME = 'cruddur-tracing-constructs';

export const PYTHON_MODULE = 'cruddur_tracing_constructs';

/** The oldest versions that the constructs work with: older ones lack `Validations.acknowledge`. */
export const MINIMUM = { cdk: '2.252.0', constructs: '10.5.0' };
