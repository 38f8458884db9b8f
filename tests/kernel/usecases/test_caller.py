"""Who calls, as the claims of a token tell it."""

import pytest

from usecases.kernel.caller import Caller


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "crates:read crates:write"},
        {"scp": "crates:read crates:write"},
        {"scp": ["crates:read", "crates:write"]},
        {"scope": ["crates:read", "crates:write"]},
        {"scope": "  crates:read  crates:write "},
    ],
    ids=str,
)
def test_scopes_come_from_scope_or_scp_as_a_text_or_as_a_list(claims):
    caller = Caller.of({"sub": "ann", **claims})

    assert caller is not None
    assert caller.scopes == {"crates:read", "crates:write"}


@pytest.mark.parametrize("claims", [{}, {"scope": ""}, {"scope": None}, {"scope": 7}, {"scp": [7, None]}], ids=str)
def test_without_scopes_a_caller_has_none(claims):
    caller = Caller.of({"sub": "ann", **claims})

    assert caller is not None
    assert caller.scopes == frozenset()


@pytest.mark.parametrize("between", ["\t", "\n", "\u00a0", "\u2003", "\x1f", ","], ids=ascii)
def test_only_a_blank_is_between_two_scopes(between):
    caller = Caller.of({"sub": "ann", "scope": f"crates:read{between}crates:write"})

    assert caller is not None
    assert caller.scopes == {f"crates:read{between}crates:write"}


def test_scope_counts_where_scp_is_there_too():
    caller = Caller.of({"sub": "ann", "scope": "crates:read", "scp": "crates:write"})

    assert caller is not None
    assert caller.scopes == {"crates:read"}


def test_a_program_is_called_by_its_client_id_if_its_token_has_no_subject():
    assert Caller.of({"client_id": "importer"}) == Caller(subject="importer", claims=(("client_id", "importer"),))


@pytest.mark.parametrize(
    "claims", [{}, {"sub": ""}, {"sub": None}, {"sub": 7}, {"sub": ["ann"]}, {"sub": "\ud800"}], ids=ascii
)
def test_claims_that_name_nobody_make_no_caller(claims):
    assert Caller.of(claims) is None


def test_other_claims_are_there_if_they_are_texts():
    caller = Caller.of({"sub": "ann", "tenant": "leeds", "groups": ["a"], "exp": 7})

    assert caller is not None
    assert [caller.claim(name) for name in ("tenant", "groups", "exp", "nothing")] == ["leeds", None, None, None]


def test_texts_that_utf_8_cannot_have_are_left_out():
    caller = Caller.of(
        {"sub": "ann", "name": "\udfff", "\ud800": "x", "scope": ["crates:read", "\ud800"], "tenant": "a"}
    )

    assert caller == Caller(subject="ann", scopes=frozenset({"crates:read"}), claims=(("sub", "ann"), ("tenant", "a")))
