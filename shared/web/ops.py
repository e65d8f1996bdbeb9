"""What operators and Kubernetes ask of every process: alive, able to serve, at work, and its figures."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from shared.kernel.clock import now
from shared.kernel.health import Health
from shared.telemetry import metrics

PATHS = frozenset(("/healthz", "/readyz", "/workz", "/metrics"))


def ops_routes(health: Health) -> APIRouter:
    """`/healthz` (the process answers), `/readyz` (it can serve), `/workz` (its work goes on), `/metrics`.

    Probes hang on the first two. The third is for alarms and for who waits until a consumer has joined: a broker that
    is away must not take a process out of service that answers well without it.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        return _answer(await health.problems(), "ready", "unready")

    @router.get("/workz")
    async def workz() -> JSONResponse:
        return _answer(await health.work_problems(), "working", "hindered")

    @router.get("/metrics")
    async def figures() -> Response:
        metrics.clock_seconds.set(now().timestamp())
        body, content_type = metrics.render()
        return Response(body, media_type=content_type)

    return router


def _answer(problems: Mapping[str, str], well: str, ill: str) -> JSONResponse:
    status = ill if problems else well
    return JSONResponse({"status": status, "problems": dict(problems)}, status_code=503 if problems else 200)
