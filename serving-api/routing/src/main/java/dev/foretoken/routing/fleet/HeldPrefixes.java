package dev.foretoken.routing.fleet;

import dev.foretoken.routing.prefix.PromptPlaces;
import java.util.List;

/** Where the blocks of one prompt lie. */
public interface HeldPrefixes {

    /** Nothing is known of the prompt. */
    HeldPrefixes NONE = new HeldPrefixes() {
        @Override
        public int heldTokens(String endpoint) {
            return 0;
        }

        @Override
        public List<PromptPlaces.Held> longest(int most, long draw) {
            return List.of();
        }
    };

    /** Tokens of the prompt that {@code endpoint} need not compute. */
    int heldTokens(String endpoint);

    /** Up to {@code most} endpoints that hold most of it, best first: fewer where no others hold any of it; {@code draw}: which come first of those that are equal. */
    List<PromptPlaces.Held> longest(int most, long draw);
}
