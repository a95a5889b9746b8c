"""The columns of a measure in DuckDB, Parquet and Athena, which follow from the fields of its rows."""

from msgspec import inspect

from chalicelib.adapters.orders.exact_amounts import EXACT, exact_amount
from chalicelib.domain.cases.measure import MetricRow

DUCKDB: dict[type[inspect.Type], str] = {
    inspect.StrType: "VARCHAR",
    inspect.LiteralType: "VARCHAR",
    inspect.BoolType: "BOOLEAN",
    inspect.IntType: "INTEGER",
}
"""DuckDB's names for the types of fields; a field may name its column's type itself (`Milliseconds`, `Decimals`)."""
GLUE = {
    "VARCHAR": "string",
    "VARCHAR[]": "array<string>",
    "BOOLEAN": "boolean",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "DECIMAL(24,6)": "decimal(24,6)",
}
"""The names of the same types in the Glue Data Catalog and Athena (docs.aws.amazon.com/athena, "Data types")."""


def columns(row: type[MetricRow]) -> dict[str, str]:
    """The DuckDB type of each column."""
    described = inspect.type_info(row)
    assert isinstance(described, inspect.StructType)
    return {field.encode_name: _column_type(field.type) for field in described.fields}


def _column_type(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.UnionType):  # every column may be empty, so `| None` is left out
        return next(_column_type(member) for member in kind.types if not isinstance(member, inspect.NoneType))
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra or {})["column"])
    if isinstance(kind, inspect.VarTupleType):
        return f"{_column_type(kind.item_type)}[]"
    return DUCKDB[type(kind)]


def select_from_json(row: type[MetricRow]) -> str:
    """The statement that reads rows from the files `$paths`, with one JSON object a line. Decimals are read as text, so
    that no digit is lost."""
    column_types = columns(row)
    decimals = [name for name, kind in column_types.items() if kind == EXACT]
    casts = ", ".join(f'{exact_amount(name)} AS "{name}"' for name in decimals)
    json_types = {name: "VARCHAR" if name in decimals else kind for name, kind in column_types.items()}
    types = ", ".join(f"\"{name}\": '{kind}'" for name, kind in json_types.items())
    selected = f"* REPLACE ({casts})" if casts else "*"
    return f"SELECT {selected} FROM read_json($paths, format = 'newline_delimited', columns = {{{types}}})"  # noqa: S608 - our own names


def catalog(row: type[MetricRow]) -> list[dict[str, str]]:
    """The columns of a Glue table. The day is a partition, not a column."""
    return [{"Name": name, "Type": GLUE[kind]} for name, kind in columns(row).items() if name != "day"]
