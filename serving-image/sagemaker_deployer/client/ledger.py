"""Reads the ledger: how rollouts ended, and what they released. lambdas/core/naming/ledger-keys.ts tells its keys."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from boto3.dynamodb.types import TypeDeserializer

if TYPE_CHECKING:
    from sagemaker_deployer.client.contract import Outcome, Release


class Ledger:
    """The stack's DynamoDB table."""

    def __init__(self, dynamodb: Any, table_name: str) -> None:
        self._dynamodb = dynamodb
        self._table_name = table_name

    def outcome(self, rollout_id: str) -> Outcome | None:
        """How a rollout ended; None while it has not. Of an execution that was stopped another one tells it here."""
        place = self._get(f"rollout#{rollout_id}", "outcome")
        if place is None:
            return None
        item = self._get(f"endpoint#{place['endpointName'] or ''}", f"outcome#{place['startedAt']}#{rollout_id}")
        return cast("Outcome | None", item)

    def releases(self, endpoint_name: str, limit: int) -> list[Release]:
        """What was released to an endpoint, the newest first."""
        answer = self._dynamodb.query(
            TableName=self._table_name,
            KeyConditionExpression="pk = :endpoint AND begins_with(sk, :release)",
            ExpressionAttributeValues={
                ":endpoint": {"S": f"endpoint#{endpoint_name}"},
                ":release": {"S": "release#"},
            },
            ScanIndexForward=False,
            Limit=limit,
        )
        return cast("list[Release]", [_without_keys(item) for item in answer["Items"]])

    def _get(self, pk: str, sk: str) -> dict[str, Any] | None:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        answer = self._dynamodb.get_item(TableName=self._table_name, Key=key, ConsistentRead=True)
        return _without_keys(answer["Item"]) if "Item" in answer else None


def _without_keys(item: dict[str, Any]) -> dict[str, Any]:
    deserialize = TypeDeserializer().deserialize
    return {name: _plain(deserialize(value)) for name, value in item.items() if name not in ("pk", "sk")}


def _plain(value: Any) -> Any:
    """As JSON would have it: boto3 gives numbers as decimals."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
