package dev.foretoken.scheduler.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixScope;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.blocks.SequenceCaches;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrefixIndexTest {

    private static final int BLOCK = 4;
    private static final PrefixScope SCOPE = new PrefixScope("t", "", "m", "", 0);

    private final PrefixHasher hasher = new PrefixHasher(new byte[32]);
    private CachePools pools = pools(8, new CacheKind.PagedKv(1, 1, 1));
    private PrefixIndex index = new PrefixIndex(pools, new PrefixHistory());

    private static CachePools pools(int units, CacheKind... kinds) {
        CacheSpec spec = new CacheSpec(List.of(kinds), BLOCK, 1);
        ModelShape shape = new ModelShape(100, 100, List.of(new PartShape(PartShape.Role.BASE, 1, spec)), "id");
        List<Integer> each = java.util.Collections.nCopies(kinds.length, units);
        return CachePools.of(shape, new CacheReservation(List.of(each)));
    }

    private void use(int units, CacheKind... kinds) {
        pools = pools(units, kinds);
        index = new PrefixIndex(pools, new PrefixHistory());
    }

    private TokenChain chain(PrefixScope scope, int... tokens) {
        return new TokenChain(hasher, scope, i -> tokens[i], List.of(), BLOCK);
    }

    private SequenceCaches computed(TokenChain chain, int blocks) {
        SequenceCaches caches = new SequenceCaches(pools);
        assertThat(caches.cover(CachePools.BASE, 0, blocks * BLOCK, new ArrayList<>()))
                .isTrue();
        for (int i = 0; i < blocks; i++) {
            index.register(chain, i, caches);
        }
        return caches;
    }

    @Test
    void findsWholeBlocksUpToTheLimitAndNotBeyondADifference() {
        computed(chain(SCOPE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 3);
        assertThat(index.find(chain(SCOPE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 12, null))
                .isEqualTo(3);
        assertThat(index.find(chain(SCOPE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 11, null))
                .isEqualTo(2);
        assertThat(index.find(chain(SCOPE, 1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11, 12), 12, null))
                .isEqualTo(1);
    }

    @Test
    void sharesNothingBetweenTenantsSaltsModelsAdaptersAndLengthLimits() {
        int[] tokens = {1, 2, 3, 4};
        computed(chain(SCOPE, tokens), 1);
        for (PrefixScope other : List.of(
                new PrefixScope("u", "", "m", "", 0),
                new PrefixScope("t", "s", "m", "", 0),
                new PrefixScope("t", "", "n", "", 0),
                new PrefixScope("t", "", "m", "a", 0),
                new PrefixScope("t", "", "m", "", 7),
                new PrefixScope("", "t", "m", "", 0))) {
            assertThat(index.find(chain(other, tokens), 4, null))
                    .as(other.toString())
                    .isZero();
        }
        assertThat(index.find(chain(SCOPE, tokens), 4, null)).isEqualTo(1);
    }

    @Test
    void comparesTokensEvenWhenKeysAreEqual() {
        int[] honest = {1, 2, 3, 4};
        int[] shown = honest.clone();
        TokenChain forged = new TokenChain(hasher, SCOPE, i -> shown[i], List.of(), BLOCK);
        forged.key(0);
        shown[2] = 99;
        computed(chain(SCOPE, honest), 1);
        assertThat(index.find(forged, 4, null)).isZero();
    }

    @Test
    void contentOfEmbeddingsIsPartOfTheKey() {
        int[] tokens = {0, 0, 0, 0};
        computed(new TokenChain(hasher, SCOPE, i -> tokens[i], image((byte) 1), BLOCK), 1);
        assertThat(index.find(new TokenChain(hasher, SCOPE, i -> tokens[i], image((byte) 1), BLOCK), 4, null))
                .isEqualTo(1);
        assertThat(index.find(new TokenChain(hasher, SCOPE, i -> tokens[i], image((byte) 2), BLOCK), 4, null))
                .isZero();
    }

    private static List<EmbeddingSpan> image(byte content) {
        byte[] hash = new byte[16];
        hash[15] = content;
        return List.of(new EmbeddingSpan(1, 2, MemorySegment.NULL, hash));
    }

    @Test
    void aHitOwnsItsBlocksSoThatTheyOutliveTheFirstSequence() {
        TokenChain chain = chain(SCOPE, 1, 2, 3, 4, 5, 6, 7, 8);
        SequenceCaches first = computed(chain, 2);
        SequenceCaches second = new SequenceCaches(pools);
        index.adopt(chain, 2, second);
        first.releaseAll();
        assertThat(pools.get(0).pool().referenced()).isEqualTo(2);
        second.releaseAll();
        assertThat(pools.get(0).pool().referenced()).isZero();
        assertThat(index.find(chain, 8, null)).isEqualTo(2);
    }

    @Test
    void anEvictedBlockIsNotFoundAndTheDeepestGoFirst() {
        use(3, new CacheKind.PagedKv(1, 1, 1));
        TokenChain chain = chain(SCOPE, 1, 2, 3, 4, 5, 6, 7, 8);
        computed(chain, 2).releaseAll();
        pools.get(0).pool().allocate();
        pools.get(0).pool().allocate();
        assertThat(index.find(chain, 8, null)).isEqualTo(1);
        pools.get(0).pool().allocate();
        assertThat(index.find(chain, 8, null)).isZero();
        assertThat(index.size()).isZero();
    }

    @Test
    void aWindowedKindNeedsOnlyTheBlocksTheNextPositionSees() {
        use(8, new CacheKind.PagedKv(1, 1, 1), new CacheKind.WindowedKv(1, 1, 1, 4));
        TokenChain chain = chain(SCOPE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        SequenceCaches caches = computed(chain, 3);
        caches.releaseBehindWindows(CachePools.BASE, 12);
        for (int i = 0; i < 7; i++) {
            pools.get(1).pool().allocate();
        }
        assertThat(index.find(chain, 12, null)).isEqualTo(3);
        assertThat(index.find(chain, 11, null)).isZero();
    }

    @Test
    void forgetsWhatAFailedSequenceAloneOwns() {
        TokenChain chain = chain(SCOPE, 1, 2, 3, 4);
        SequenceCaches caches = computed(chain, 1);
        index.forget(caches);
        assertThat(index.find(chain, 4, null)).isZero();
        caches.releaseAll();
        assertThat(pools.get(0).pool().available()).isEqualTo(8);
    }
}
