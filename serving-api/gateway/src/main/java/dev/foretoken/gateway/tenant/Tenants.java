package dev.foretoken.gateway.tenant;

import static dev.foretoken.contract.ConfigCheck.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tenants there are, and the keys of each. Immutable. */
public final class Tenants {

    /** Every one is looked at for every request that presents a key. */
    static final int MOST_KEYS = 4096;

    private final Map<String, Tenant> byId = new HashMap<>();
    private final List<Key> keys = new ArrayList<>();

    private record Key(Tenant tenant, KeyHash hash) {}

    /** One tenant and its keys, as a file has them. */
    record Entry(Tenant tenant, List<KeyHash> keys) {}

    Tenants(List<Entry> entries) {
        for (Entry entry : entries) {
            String id = entry.tenant().id();
            require(!id.isEmpty(), "tenant.id", "(empty)", "a name");
            require(
                    !id.startsWith("key-"),
                    "tenant.id",
                    id,
                    "a name that does not begin with 'key-', as those of --api-key do");
            require(byId.put(id, entry.tenant()) == null, "tenant.id", id, "there once");
            entry.keys().forEach(hash -> keys.add(new Key(entry.tenant(), hash)));
        }
        require(keys.size() <= MOST_KEYS, "tenant.keys", keys.size(), "at most " + MOST_KEYS + " in all");
    }

    /** Whose key {@code presented} is. Looks at all of them, so that the time says nothing about any; at none for what no key is as long as. */
    public Optional<Tenant> ofKey(String presented) {
        Optional<Tenant> found = Optional.empty();
        if (!KeyHash.isLongAsKeys(presented)) {
            return found;
        }
        for (Key key : keys) {
            if (key.hash().matches(presented)) {
                found = Optional.of(key.tenant());
            }
        }
        return found;
    }

    public Optional<Tenant> ofId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    public int size() {
        return byId.size();
    }
}
