// One application at the desk: ready-made words go where they are to be changed before they are sent.
import { offerResponses } from "/static/shared/responses.mjs";

offerResponses(document);
