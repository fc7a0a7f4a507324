#!/bin/bash
# A database and a role for each service, made when PostgreSQL starts on an empty volume.
# A role owns its database; no other can even connect to it.
set -euo pipefail
for service in personnel correspondence resources standards notify; do
    variable=${service^^}_PASSWORD
    psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "${POSTGRES_DB:-postgres}" \
        -v service="$service" -v password="${!variable:?}" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
