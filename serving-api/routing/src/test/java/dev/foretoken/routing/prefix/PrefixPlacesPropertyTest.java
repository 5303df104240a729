package dev.foretoken.routing.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixScope;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever endpoints tell, in whatever order: what is looked up is what a map of everything told would give. */
class PrefixPlacesPropertyTest {

    private static final int BLOCK = 2;
    private static final int LONGEST = 7;
    private static final int ENDPOINTS = 5;
    private static final int ROUNDS = 4000;

    @ParameterizedTest(name = "blocks={0} windows={1} states={2} alignment={3}")
    @CsvSource({
        "true, 0, false, 2",
        "true, 0, false, 4",
        "true, 0, true, 2",
        "true, 3, false, 2",
        "true, 2, true, 4",
        "false, 3, false, 2",
        "false, 0, true, 2",
    })
    void agreesWithAMapOfEverything(boolean blocks, int windows, boolean states, int alignment) {
        PrefixShape shape = new PrefixShape(BLOCK, alignment, blocks, windows, states, 100, 100);
        PrefixPlaces places = new PrefixPlaces(shape, 10_000);
        NaivePlaces naive = new NaivePlaces(shape);
        Random random = new Random(17);
        PrefixHasher hasher = new PrefixHasher(new byte[32]);
        for (int round = 0; round < ROUNDS; round++) {
            String endpoint = "e" + random.nextInt(ENDPOINTS);
            if (random.nextInt(200) == 0) {
                places.forget(endpoint);
                naive.forget(endpoint);
            } else {
                PrefixChange change = change(chain(hasher, random), random);
                places.apply(endpoint, List.of(change));
                naive.apply(endpoint, change);
            }
            compare(places, naive, chain(hasher, random), random);
        }
        naive.endpoints().forEach(endpoint -> places.forget(endpoint));
        assertThat(places.keys()).isZero();
    }

    private static TokenChain chain(PrefixHasher hasher, Random random) {
        int[] tokens = random.ints((long) BLOCK * LONGEST, 0, 2).toArray();
        IntStream.range(0, tokens.length).filter(i -> random.nextInt(4) > 0).forEach(i -> tokens[i] = 0);
        return new TokenChain(hasher, new PrefixScope("t", "", "m", "", 0), i -> tokens[i], List.of(), BLOCK);
    }

    /** Mostly stores, so that chains become whole; their order is any. */
    private static PrefixChange change(TokenChain chain, Random random) {
        int index = random.nextInt(LONGEST);
        int parts = 1 + random.nextInt(7);
        int kind = random.nextInt(100);
        if (kind == 0) {
            return new PrefixChange.Cleared();
        }
        return kind < 25
                ? new PrefixChange.Removed(chain.key(index), parts)
                : new PrefixChange.Stored(chain.key(index), chain.before(index), index, parts);
    }

    private static void compare(PrefixPlaces places, NaivePlaces naive, TokenChain chain, Random random) {
        int most = random.nextInt(LONGEST + 1);
        int k = 1 + random.nextInt(ENDPOINTS + 1);
        for (int i = 0; i < ENDPOINTS; i++) {
            assertThat(places.heldBlocks("e" + i, chain, most)).isEqualTo(naive.held("e" + i, chain, most));
        }
        List<Integer> best = IntStream.range(0, ENDPOINTS)
                .mapToObj(i -> naive.held("e" + i, chain, most))
                .filter(held -> held > 0)
                .sorted(Comparator.reverseOrder())
                .limit(k)
                .toList();
        List<Holder> longest = places.longest(chain, most, k, random.nextLong());
        assertThat(longest).extracting(Holder::blocks).isEqualTo(best);
        assertThat(longest).extracting(Holder::endpoint).doesNotHaveDuplicates();
        longest.forEach(holder -> assertThat(holder.blocks()).isEqualTo(naive.held(holder.endpoint(), chain, most)));
    }
}
