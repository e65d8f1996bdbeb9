// The photos of a visit, taken where the inspector stands.
import { readyPhotos } from "/static/shared/photo_field.mjs";

readyPhotos(document);
