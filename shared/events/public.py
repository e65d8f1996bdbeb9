"""The public form of an event, derived from the marks on its fields and from nothing else."""

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo

from shared.events.base import Event, MeantFor, Place, PublicPlace, Visibility
from shared.readers import Openness, openness_of, sight_of

COARSE_DECIMALS = 2  # degrees: 0.01° is 1.1 km north-south and about as much east-west in Thailand
_SHOWN = (Visibility.PUBLIC, Visibility.COARSE, Visibility.OPEN, Visibility.EARLIER)


def to_public(event: Event, *, was_shown: bool = True) -> dict[str, Any]:
    """The event's JSON object as it travels on the public topic: the same fact without its internal fields.

    `was_shown`: the public knew of the case before this event; otherwise it is not told how the case stood then.
    `ValueError` for an event that has no public form (contacts).
    """
    return public_form(event, was_shown=was_shown).model_dump(mode="json")


def public_form(event: Event, *, was_shown: bool = True) -> BaseModel:
    """The same as a model; `encode_model` writes it."""
    shape = public_model(type(event))
    sight = sight_of("public", openness(event))
    shown = _show_part(event, coarse=sight.where == "coarse")
    blank = {Visibility.OPEN: not sight.ways, Visibility.EARLIER: not was_shown}
    for name, mark in _conditional(type(event)):
        if blank[mark]:
            shown[name] = None
    return shape.model_validate(shown)


def openness(event: Event) -> Openness:
    """How open the case is after this event, by what the event itself says."""
    sensitive, shown = getattr(event, "sensitive", False), getattr(event, "shown", True)
    return openness_of(sensitive=sensitive, shown=shown)


@cache
def public_model(model: type[BaseModel]) -> type[BaseModel]:
    """What remains of an event class, or of a part of one, for everyone: schemas are generated from it."""
    if model is Place:
        return PublicPlace
    shown = {name: info for name, info in model.model_fields.items() if visibility(model, name) in _SHOWN}
    if not shown:
        raise ValueError(f"{model.__name__} has no public form: none of its fields is public")
    fields: dict[str, Any] = {name: _public_field(model, name, info) for name, info in shown.items()}
    config = ConfigDict(frozen=True, extra="ignore")
    return create_model(model.__name__, __config__=config, __doc__=model.__doc__, __module__=__name__, **fields)


def visibility(model: type[BaseModel], name: str) -> Visibility:
    """The one mark of a field; none or two is a mistake in the class, so it is raised and never guessed."""
    marks = [mark for mark in model.model_fields[name].metadata if isinstance(mark, Visibility)]
    if len(marks) != 1:
        raise TypeError(f"{model.__name__}.{name} must carry exactly one visibility mark, it has {len(marks)}")
    return marks[0]


def find_meant_for(model: type[Event], name: str) -> MeantFor | None:
    """Whom a text is meant for; None: it is no text that somebody wrote, or there is no such field."""
    field = model.model_fields.get(name)
    return next((mark for mark in field.metadata if isinstance(mark, MeantFor)), None) if field else None


def _show_part(part: BaseModel, *, coarse: bool) -> dict[str, Any]:
    return {name: _value(getattr(part, name), coarse=coarse) for name in _list_shown_names(type(part))}


@cache  # every event of every save is made public: the marks are read once per class
def _list_shown_names(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if visibility(model, name) in _SHOWN)


@cache
def _conditional(model: type[BaseModel]) -> tuple[tuple[str, Visibility], ...]:
    marks = ((name, visibility(model, name)) for name in model.model_fields)
    return tuple((name, mark) for name, mark in marks if mark in (Visibility.OPEN, Visibility.EARLIER))


def _value(value: Any, *, coarse: bool) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value  # most are; asking for a Mapping first costs more than all the rest
    if isinstance(value, Place):
        return public_place(value, coarse=coarse)
    if isinstance(value, BaseModel):
        return _show_part(value, coarse=coarse)
    if isinstance(value, Mapping):
        return {key: _value(one, coarse=coarse) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_value(one, coarse=coarse) for one in value]
    return value


def public_place(place: Place, *, coarse: bool) -> dict[str, Any]:
    """Degrees only, as a `PublicPlace` has them: the accuracy tells a phone, the address a home."""
    if not coarse:
        return {"latitude": place.latitude, "longitude": place.longitude}
    latitude, longitude = round(place.latitude, COARSE_DECIMALS), round(place.longitude, COARSE_DECIMALS)
    return {"latitude": latitude, "longitude": longitude, "coarse": True}


def _public_field(model: type[BaseModel], name: str, info: FieldInfo) -> tuple[Any, Any]:
    annotation, field = _public_annotation(info), _bare(info)
    if visibility(model, name) in (Visibility.OPEN, Visibility.EARLIER):
        return annotation | None, Field(default=None, description=info.description)
    return annotation, field


def _public_annotation(info: FieldInfo) -> Any:
    constraints = [one for one in info.metadata if not isinstance(one, Visibility | MeantFor)]
    shown = _public_type(info.annotation)
    return Annotated[(shown, *constraints)] if constraints else shown


def _public_type(annotation: Any) -> Any:
    """The same type with every model inside it replaced by its public form."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return public_model(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is None or origin is Literal:
        return annotation
    if origin is Annotated:
        return Annotated[(_public_type(arguments[0]), *arguments[1:])]
    inner = tuple(_public_type(argument) for argument in arguments)
    return reduce(or_, inner) if origin in (Union, UnionType) else origin[inner]


def _bare(info: FieldInfo) -> Any:
    """The field's default and description; its constraints are in the annotation."""
    if info.default_factory is not None:
        return Field(default_factory=info.default_factory, description=info.description)
    return Field(default=info.default, description=info.description)
