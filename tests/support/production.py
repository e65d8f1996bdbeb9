"""Settings with which a service may serve others: what a test changes is all that is wrong with them."""

SOUND = {
    "public_url": "https://one.example.test",
    "oidc_issuer": "https://id.example.test",
    "oidc_client_secret": "a client secret for tests",
    "session_secret": "a session secret for tests, long enough",
    "link_secret": "a link secret for tests, that is long enough",
    "mongodb_uri": "mongodb://intake:word@db.example.test/?replicaSet=rs0&tls=true",
}
