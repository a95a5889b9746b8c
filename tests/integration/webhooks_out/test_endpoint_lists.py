"""Two admins do not lose each other's endpoints, and no endpoint is left without a secret."""

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.errors import Stale
from chalicelib.domain.webhooks_out.endpoint import EndpointIn, EndpointsIn, version_of
from chalicelib.usecases.shops.change_hooks import change_endpoint, change_endpoints, rotate_endpoint
from chalicelib.usecases.shops.record_change import list_changes
from chalicelib.usecases.webhooks_out import manage_endpoints
from chalicelib.usecases.webhooks_out.manage_endpoints import put_endpoint

ERP = EndpointIn("erp", "https://203.0.114.7/in?token=hush")
LAKE = EndpointIn("lake", "https://203.0.114.8/in")


def version(services: AwsServices) -> int:
    return version_of(services.deliveries.endpoints("demo"))


def test_of_two_admins_who_saw_the_same_list_the_second_is_told(services: AwsServices) -> None:
    seen = version(services)
    put_endpoint(services, "demo", ERP, seen)
    with pytest.raises(Stale):
        put_endpoint(services, "demo", LAKE, seen)
    with pytest.raises(Stale):
        change_endpoints(services, "demo", EndpointsIn(()), "mei", seen)
    assert [each.name for each in services.deliveries.endpoints("demo")] == ["erp"]


def test_who_loses_a_race_writes_no_secret(services: AwsServices, monkeypatch: pytest.MonkeyPatch) -> None:
    current = manage_endpoints._current

    def overtaken(*given: object) -> object:
        before = current(*given)  # type: ignore[arg-type]
        monkeypatch.setattr(manage_endpoints, "_current", current)
        with pytest.raises(Stale):
            put_endpoint(services, "demo", ERP, version(services))
        return before

    monkeypatch.setattr(manage_endpoints, "_current", overtaken)
    put_endpoint(services, "demo", LAKE, version(services))
    assert list(services.secrets.endpoint_secrets("demo")) == ["lake"]


def test_saving_one_leaves_a_disabled_other_disabled(services: AwsServices) -> None:
    change_endpoints(services, "demo", EndpointsIn((ERP, LAKE)), "mei")
    erp = services.deliveries.endpoints("demo")[0]
    services.deliveries.disable("demo", type(erp)(name="erp", url=erp.url, disabled_at=1))
    put_endpoint(services, "demo", LAKE, version(services))
    assert [each.disabled_at for each in services.deliveries.endpoints("demo")] == [1, None]


def test_a_change_is_recorded_with_who_and_without_anything_secret(services: AwsServices) -> None:
    _, secrets = change_endpoint(services, "demo", ERP, "mei", version(services))
    newest, _ = rotate_endpoint(services, "demo", "erp", "lin")
    changes = list_changes(services, "demo", "endpoints", 10, None).items
    assert sorted(change.by for change in changes) == ["lin", "mei"]
    recorded = str(changes)
    assert "203.0.114.7/in?…" in recorded
    assert [word for word in ("hush", secrets["erp"], newest.secret) if word in recorded] == []
