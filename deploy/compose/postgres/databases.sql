-- Two databases, each with a login that owns it and reaches nothing else: the registry's metadata, and what tenants have had of their limits,
-- counted by all gateways.
\set registry_password `cat /run/secrets/registry-password`
\set limits_password `cat /run/secrets/limits-password`

CREATE ROLE registry LOGIN PASSWORD :'registry_password';
CREATE DATABASE registry OWNER registry;

CREATE ROLE limits LOGIN PASSWORD :'limits_password';
CREATE DATABASE limits OWNER limits;

REVOKE ALL ON DATABASE registry, limits, postgres, template1 FROM PUBLIC;
