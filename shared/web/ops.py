"""What operators and Kubernetes ask of every process: alive, ready, and its figures."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from shared.kernel.health import Health
from shared.telemetry import metrics


def ops_routes(health: Health) -> APIRouter:
    """`/healthz` (the process answers), `/readyz` (every part of its work goes on; names what does not), `/metrics`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        problems = await health.problems()
        status = "unready" if problems else "ready"
        return JSONResponse({"status": status, "problems": dict(problems)}, status_code=503 if problems else 200)

    @router.get("/metrics")
    async def figures() -> Response:
        body, content_type = metrics.render()
        return Response(body, media_type=content_type)

    return router
