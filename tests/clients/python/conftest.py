"""What the tests with Python's clients share: a server, its metadata, and the key of one client."""

import os

import pytest
import requests
from joserfc.jwk import ECKey

from tollgate import running

# Both libraries refuse http, also on this machine, unless told.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


@pytest.fixture(scope="session")
def key():
    return ECKey.generate_key("P-256")


@pytest.fixture(scope="session")
def issuer(tmp_path_factory, key):
    with running(tmp_path_factory.mktemp("tollgate"), key.as_dict(private=False)) as url:
        yield url


@pytest.fixture(scope="session")
def server(issuer):
    """The server's metadata. RFC 8414 is not in the clients of these libraries: applications read it themselves."""
    metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()
    assert metadata["issuer"] == issuer
    return metadata


@pytest.fixture(scope="session")
def orders(issuer):
    return f"{issuer}/orders/1"
