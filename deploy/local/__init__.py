"""The real stack without containers (Kafka, MongoDB, proxy, sign-in, mail, traces), for developers and for tests."""
