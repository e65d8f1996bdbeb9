"""The real stack without containers: real Kafka, MongoDB, proxy, sign-in, mail and traces, for a desk and for tests."""
