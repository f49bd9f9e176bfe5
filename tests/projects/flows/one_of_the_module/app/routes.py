"""The module makes one and a function hands it out; as a dependency the class itself is a second one."""

from fastapi import APIRouter, Depends
from app.registry import ServiceRegistry, get_service_registry

router = APIRouter()


@router.get("/good")
async def good(registry: ServiceRegistry = Depends(get_service_registry)):
    return registry


@router.get("/bad")
async def bad(registry: ServiceRegistry = Depends(ServiceRegistry)):  # expect: REG101 certain
    return registry
