"""A page with something to sign on it, for a town whose signatories need a second factor."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from shared.web import Person, need_proof, page, staff

router = APIRouter()
MAX_AGE = 25  # seconds that a proof is good for a signature here; a town would say 300


@router.get("/case")
async def case(request: Request, _who: Annotated[Person, Depends(staff())]) -> HTMLResponse:
    return page(request, "case.html", signed="")


@router.post("/case/decide", dependencies=[Depends(need_proof)])
async def sign(request: Request, who: Annotated[Person, Depends(staff("signatory"))]) -> HTMLResponse:
    return page(request, "case.html", signed=who.name)


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    return page(request, "case.html", signed="")
