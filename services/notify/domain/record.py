"""What every stored value of notify is made of."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Frozen: a step makes a new one."""

    model_config = ConfigDict(frozen=True)
