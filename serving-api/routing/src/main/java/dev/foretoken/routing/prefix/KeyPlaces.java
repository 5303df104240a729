package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.PrefixKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The endpoints at each key; a key that nobody holds takes no memory. */
final class KeyPlaces {

    private final Map<PrefixKey, Place> places = new ConcurrentHashMap<>();

    @Nullable
    Place find(PrefixKey key) {
        return places.get(key);
    }

    int size() {
        return places.size();
    }

    /** Whether a block is reached and can be the end of a hit. Atomic with the place's coming and going. */
    void settle(HeldBlock block, boolean reached, boolean ends) {
        if (reached != block.reached || ends != block.ends) {
            places.compute(block.key, (key, known) -> {
                Place place = known == null ? new Place() : known;
                place.settle(block, reached, ends);
                return place.isEmpty() ? null : place;
            });
        }
    }
}
