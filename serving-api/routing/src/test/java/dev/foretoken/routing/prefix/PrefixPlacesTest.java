package dev.foretoken.routing.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.contract.prefix.PrefixScope;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PrefixPlacesTest {

    private static final PrefixShape PLAIN = new PrefixShape(1, 1, true, 0, false, 1000, 1000);
    private static final PrefixScope SCOPE = new PrefixScope("t", "", "m", "", 0);

    private final PrefixPlaces places = new PrefixPlaces(PLAIN, 8);

    /** Of blocks of one token. */
    private static TokenChain chain(int... tokens) {
        return new TokenChain(new PrefixHasher(new byte[32]), SCOPE, i -> tokens[i], List.of(), 1);
    }

    private static List<PrefixChange> stored(TokenChain chain, int from, int to) {
        List<PrefixChange> changes = new ArrayList<>();
        for (int i = from; i < to; i++) {
            changes.add(new PrefixChange.Stored(chain.key(i), chain.before(i), i, PrefixParts.BLOCKS));
        }
        return changes;
    }

    @Test
    void theLongestHolderComesFirstAndThoseWithoutAnythingNotAtAll() {
        TokenChain chain = chain(1, 2, 3, 4);
        places.apply("short", stored(chain, 0, 2));
        places.apply("long", stored(chain, 0, 3));
        places.apply("other", stored(chain(9, 2, 3), 0, 3));
        assertThat(places.longest(chain, 4, 3, 0)).containsExactly(new Holder("long", 3), new Holder("short", 2));
        assertThat(places.longest(chain, 4, 1, 0)).containsExactly(new Holder("long", 3));
        assertThat(places.longest(chain, 1, 3, 0)).extracting(Holder::blocks).containsExactly(1, 1);
    }

    @Test
    void aDrawSaysWhoComesFirstOfThoseThatHoldEquallyMuch() {
        TokenChain chain = chain(1);
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            places.apply("e" + i, stored(chain, 0, 1));
        }
        for (long draw = 0; draw < 6; draw++) {
            first.add(places.longest(chain, 1, 1, draw).getFirst().endpoint());
        }
        assertThat(first).hasSize(6);
    }

    @Test
    void whatIsBehindAGapIsNoHitUntilTheGapCloses() {
        TokenChain chain = chain(1, 2, 3);
        places.apply("e", stored(chain, 0, 3));
        places.apply("e", List.of(new PrefixChange.Removed(chain.key(1), PrefixParts.BLOCKS)));
        assertThat(places.longest(chain, 3, 1, 0)).containsExactly(new Holder("e", 1));
        places.apply("e", stored(chain, 1, 2));
        assertThat(places.longest(chain, 3, 1, 0)).containsExactly(new Holder("e", 3));
    }

    @Test
    void theOldestPromptGoesFirstAndItsEndBeforeItsBeginning() {
        places.apply("e", stored(chain(1, 2, 3), 0, 3));
        places.apply("e", stored(chain(1, 4, 5, 6), 1, 4));
        places.apply("e", stored(chain(7, 8), 0, 2));
        assertThat(places.keys("e")).isEqualTo(8);
        places.apply("e", stored(chain(9), 0, 1));
        assertThat(places.keys("e")).isEqualTo(8);
        assertThat(places.heldBlocks("e", chain(1, 2, 3), 3)).isEqualTo(2);
        assertThat(places.heldBlocks("e", chain(1, 4, 5, 6), 4)).isEqualTo(4);
        places.apply("e", stored(chain(10, 11), 0, 2));
        assertThat(places.heldBlocks("e", chain(1, 2, 3), 3)).isEqualTo(1);
        assertThat(places.heldBlocks("e", chain(1, 4, 5, 6), 4)).isEqualTo(3);
        assertThat(places.heldBlocks("e", chain(10, 11), 2)).isEqualTo(2);
    }

    @Test
    void aPromptThatIsLongerThanTheBoundKeepsItsBeginning() {
        int[] tokens = java.util.stream.IntStream.range(0, 30).toArray();
        places.apply("e", stored(chain(tokens), 0, 30));
        assertThat(places.heldBlocks("e", chain(tokens), 30)).isEqualTo(8);
        assertThat(places.keys("e")).isEqualTo(8);
    }

    @Test
    void anEndpointThatTellsNonsenseTakesNoMoreThanItsShare() {
        PrefixKey key = chain(1).key(0);
        places.apply("e", List.of(new PrefixChange.Stored(key, key, -1, PrefixParts.BLOCKS)));
        places.apply("e", List.of(new PrefixChange.Stored(key, key, 0, 1 << 7)));
        assertThat(places.keys("e")).isZero();
        for (int i = 0; i < 100; i++) {
            PrefixKey orphan = new PrefixKey(i, 1);
            places.apply("e", List.of(new PrefixChange.Stored(orphan, new PrefixKey(i, 2), 1 + i, PrefixParts.BLOCKS)));
            places.apply("e", List.of(new PrefixChange.Stored(new PrefixKey(i, 2), orphan, 1 + i, PrefixParts.BLOCKS)));
        }
        places.apply("e", List.of(new PrefixChange.Stored(key, key, 5, PrefixParts.BLOCKS)));
        assertThat(places.keys("e")).isLessThanOrEqualTo(8);
        assertThat(places.keys()).isZero();
    }

    @Test
    void aLostEndpointHoldsNothingAndMayComeBack() {
        TokenChain chain = chain(1, 2);
        places.apply("e", stored(chain, 0, 2));
        places.apply("f", stored(chain, 0, 1));
        places.forget("e");
        assertThat(places.longest(chain, 2, 2, 0)).containsExactly(new Holder("f", 1));
        assertThat(places.heldBlocks("e", chain, 2)).isZero();
        places.apply("e", stored(chain, 0, 2));
        assertThat(places.longest(chain, 2, 2, 0)).containsExactly(new Holder("e", 2), new Holder("f", 1));
        places.apply("e", List.of(new PrefixChange.Cleared()));
        assertThat(places.heldBlocks("e", chain, 2)).isZero();
    }

    /** Readers meet four writers at the same keys; at the end everything is as the writers left it. */
    @Test
    void manyReadersSeeOnlyWhatWasTold() throws Exception {
        PrefixPlaces shared = new PrefixPlaces(PLAIN, 1000);
        TokenChain chain = chain(1, 2, 3, 4, 5);
        List<PrefixChange> all = stored(chain, 0, 5);
        AtomicBoolean sane = new AtomicBoolean(true);
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch written = new CountDownLatch(4);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String endpoint = "e" + i;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 2000; round++) {
                    shared.apply(endpoint, all);
                    shared.apply(endpoint, List.of(new PrefixChange.Removed(chain.key(2), PrefixParts.BLOCKS)));
                    shared.forget(endpoint);
                }
                shared.apply(endpoint, all);
                written.countDown();
            }));
        }
        TokenChain own = chain(1, 2, 3, 4, 5);
        threads.add(Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                List<Holder> found = shared.longest(own, 5, 4, 0);
                long different = found.stream().map(Holder::endpoint).distinct().count();
                sane.compareAndSet(true, different == found.size() && found.size() <= 4);
            }
        }));
        written.await();
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(sane).isTrue();
        assertThat(shared.longest(own, 5, 9, 0)).hasSize(4).allMatch(holder -> holder.blocks() == 5);
        threads.clear();
        for (int i = 0; i < 4; i++) {
            shared.forget("e" + i);
        }
        assertThat(shared.keys()).isZero();
    }
}
