"""Rows out of files: types as pandas reads them or as the model knows them, and every problem with its place."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sagemaker_deployer.pack.data.from_object import data_of
from sagemaker_deployer.pack.data.read_csv import KnownTypes
from sagemaker_deployer.pack.data.read_file import read_file
from sagemaker_deployer.pack.problems import Problems

CSV = 'amount,city,new,note,zip\n12.5,oslo,True,a b,0150\n,NA,False,,4000\n7,lima,True,"x, y",0151\n'


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def columns_of(path: Path, known: KnownTypes) -> dict:
    return {column.name: (column.type, column.cells.tolist()) for column in data_of(read_file(path, known)).columns}


def test_columns_of_a_csv_file_are_typed_as_pandas_types_them(tmp_path):
    path = write(tmp_path, "rows.csv", CSV)
    found = data_of(read_file(path))
    theirs = data_of(pd.read_csv(path))
    for column, other in zip(found.columns, theirs.columns, strict=True):
        assert (column.name, column.type) == (other.name, other.type)
        assert column.present.tolist() == other.present.tolist()
    # Of an object column of bool pandas makes true and false: the same to a model of numbers.
    assert found.columns[2].cells.tolist() == [1, 0, 1]


def test_what_the_model_knows_goes_before(tmp_path):
    found = columns_of(write(tmp_path, "rows.csv", CSV), KnownTypes(texts={"zip"}))
    assert found["zip"] == ("category", ["0150", "4000", "0151"])


def test_the_same_rows_in_every_format(tmp_path):
    rows = [[1.5, 2.0], [float("nan"), 4.0]]
    np.save(tmp_path / "rows.npy", rows)
    paths = [
        write(tmp_path, "rows.csv", "\ufeff1.5,2\n\n,4\n"),
        write(tmp_path, "headed.csv", "a,b\r\n1.5,2\r\nNaN,4\r\n"),
        write(tmp_path, "rows.json", "[[1.5, 2], [null, 4]]"),
        write(tmp_path, "named.json", '[{"a": 1.5, "b": 2}, {"b": 4}]'),
        write(tmp_path, "rows.jsonl", "[1.5, 2]\n\n[null, 4]\n"),
        write(tmp_path, "named.jsonl", '{"a": 1.5, "b": 2}\n{"b": 4}\n'),
        tmp_path / "rows.npy",
    ]
    for path in paths:
        found = data_of(read_file(path))
        assert np.array_equal(np.stack([column.cells for column in found.columns], axis=1), rows, equal_nan=True), path
        assert found.names == (["a", "b"] if path.name.startswith(("headed", "named")) else None)


@pytest.mark.parametrize(
    ("name", "content", "problems"),
    [
        ("a.csv", "a,b\n1,2\n3\n4,5,6\n", ["line 3 has 1 cells, the header 2", "line 4 has 3 cells, the header 2"]),
        ("a.csv", "a,a\n1,2\n", ["line 1 names a column twice: 'a'"]),
        ("a.csv", "a,b\n", ["has a header, but no row"]),
        ("a.csv", "", ["is empty"]),
        ("a.csv", "a;b\n1;2\n", ["line 1 separates its cells by semicolons; save the file with commas"]),
        ("a.csv", "a,b\n1,2\nx,3\n4,y\n", ["line 3, column 'a': 'x' is no number", "line 4, column 'b': 'y' is no"]),
        ("a.csv", b"a,b\n\xff,1\n", ["is not UTF-8 at byte 4"]),
        ("a.json", "[[1],\n [2,]]", ["line 2, column 5: "]),
        ("a.json", "[[1], [1, 2]]", ["row 2 has 2 cells, the first 1"]),
        ("a.json", '[[1], {"a": 1}]', ["row 2 is no list as the first"]),
        ("a.json", "7", ["row 1 is neither a list nor an object"]),
        ("a.jsonl", "[1]\n\n[2\n", ["line 3 is no JSON"]),
        ("a.jsonl", "[1]\n\n[2, 3]\n", ["line 3 has 2 cells, the first 1"]),
        ("a.npy", b"", ["is no npy file of numbers"]),
        ("a.parquet", b"PAR1", ["Parquet"]),
    ],
)
def test_every_problem_says_where_it_is(tmp_path, name, content, problems):
    with pytest.raises(Problems) as raised:
        read_file(write(tmp_path, name, content), KnownTypes(numbers={"a", "b"}))
    assert len(raised.value.found) == len(problems)
    for found, expected in zip(raised.value.found, problems, strict=True):
        assert found.startswith(f"--data {tmp_path / name}: ")
        assert expected in found


def test_many_problems_are_counted(tmp_path):
    with pytest.raises(Problems) as raised:
        read_file(write(tmp_path, "a.csv", "a\n" + "x\n" * 30), KnownTypes(numbers={"a"}))
    assert len(raised.value.found) == 11
    assert raised.value.found[-1].endswith("20 more problems of this kind.")


def test_without_pandas_names_are_kept(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    found = data_of(read_file(write(tmp_path, "rows.csv", CSV)))
    assert found.names == ["amount", "city", "new", "note", "zip"]
    assert found.rows([1]) == [[None, None, 0.0, None, 4000.0]]
    with pytest.raises(Problems, match="pip install pandas pyarrow"):
        read_file(write(tmp_path, "rows.parquet", b""))
