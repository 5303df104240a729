-- What tenants have had of their limits, counted by all gateways; the database of the registry's metadata is made by the image itself.
CREATE DATABASE limits;
