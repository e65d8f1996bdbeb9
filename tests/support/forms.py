"""The form of a page as a browser without scripts sends it: controls by the names that the page gives them."""

from html.parser import HTMLParser


class Form(HTMLParser):
    """One form, found by the end of its `action`; `fill` takes a control by the beginning of its label."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.action = ""
        self.values: dict[str, str] = {}
        self._wanted, self._inside, self._ids, self._labels = action, False, dict[str, str](), dict[str, str]()
        self._label, self._text = "", ""
        self.feed(page)
        assert self.action, f"the page has no form for {action}"

    def fill(self, label: str, value: str) -> "Form":
        """Type into the one control whose label begins like this."""
        (control,) = (where for where, text in self._labels.items() if text.startswith(label))
        self.values[self._ids[control]] = value
        return self

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action", "").partition("#")[0].endswith(self._wanted)
            self.action = given["action"] if self._inside else self.action
        if not self._inside:
            return
        if tag == "label" and "for" in given:
            self._label, self._text = given["for"], ""
        if tag in ("input", "textarea", "select") and "name" in given:
            self._ids[given.get("id", "")] = given["name"]
            if tag != "input" or given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self.values[given["name"]] = given.get("value", "")
        if tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "label" and self._label:
            self._labels[self._label], self._label = self._text.strip(), ""
        if tag == "textarea" and self._inside:
            self.values[list(self._ids.values())[-1]] = self._text
