"""The published contract, made from the event models: schemas, examples, AsyncAPI documents, the event reference."""
