//! The one client of these tests.

use tests::{CLIENT_ID, CLIENT_SECRET};

/// The client and its secret.
pub(crate) const CLIENT: (&str, &str) = (CLIENT_ID, CLIENT_SECRET);

/// The end of a configuration file: the client, allowed on these services.
macro_rules! client_of {
    ($services:literal) => {
        concat!(
            "applications:\n",
            "  - name: Shop\n",
            "    clients:\n",
            "      - client_id: s6BhdRkqt3\n",
            "        client_secret: gX1fBat3bV-generated\n",
            "        client_secret_generated: true\n",
            "        grant_types: [client_credentials]\n",
            "        services: [",
            $services,
            "]\n"
        )
    };
}
pub(crate) use client_of;
