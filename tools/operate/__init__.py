"""The commands of an operator: topics, dead letters, a case's whole way. They are in the image beside the services."""
