package dev.foretoken.contract.prefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.request.EmbeddingSpan;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenChainTest {

    private static final int BLOCK = 4;
    private static final PrefixScope SCOPE = new PrefixScope("t", "", "m", "", 0);

    private static TokenChain chain(PrefixHasher hasher, PrefixScope scope, int... tokens) {
        return new TokenChain(hasher, scope, i -> tokens[i], List.of(), BLOCK);
    }

    private static PrefixHasher hasher(String credential) {
        return new PrefixHasher(PrefixSecret.shared(Optional.of(credential)));
    }

    @Test
    void everyPartOfTheScopeGivesOtherKeys() {
        Set<PrefixKey> keys = new HashSet<>();
        List<PrefixScope> scopes = List.of(
                SCOPE,
                new PrefixScope("u", "", "m", "", 0),
                new PrefixScope("t", "s", "m", "", 0),
                new PrefixScope("t", "", "n", "", 0),
                new PrefixScope("t", "", "m", "a", 0),
                new PrefixScope("t", "", "m", "", 7),
                new PrefixScope("", "t", "m", "", 0),
                new PrefixScope("tm", "", "", "", 0));
        scopes.forEach(scope ->
                keys.add(chain(hasher("a credential"), scope, 1, 2, 3, 4).key(0)));
        assertThat(keys).hasSameSizeAs(scopes);
    }

    @Test
    void aKeyStandsForItsBlockAndEverythingBefore() {
        PrefixHasher hasher = hasher("a credential");
        TokenChain one = chain(hasher, SCOPE, 1, 2, 3, 4, 5, 6, 7, 8);
        TokenChain other = chain(hasher, SCOPE, 1, 2, 3, 0, 5, 6, 7, 8);
        TokenChain longer = chain(hasher, SCOPE, 1, 2, 3, 4, 5, 6, 7, 9);
        assertThat(other.key(0)).isNotEqualTo(one.key(0));
        assertThat(other.key(1)).isNotEqualTo(one.key(1));
        assertThat(longer.key(0)).isEqualTo(one.key(0)).isEqualTo(one.before(1));
        assertThat(longer.key(1)).isNotEqualTo(one.key(1));
    }

    @Test
    void twoProcessesWithOneCredentialNameBlocksAlike() {
        assertThat(chain(hasher("one credential"), SCOPE, 1, 2, 3, 4).key(0))
                .isEqualTo(chain(hasher("one credential"), SCOPE, 1, 2, 3, 4).key(0))
                .isNotEqualTo(
                        chain(hasher("another credential"), SCOPE, 1, 2, 3, 4).key(0));
        assertThat(hasher("one credential").scheme())
                .isEqualTo(hasher("one credential").scheme())
                .isNotEqualTo(hasher("another credential").scheme());
    }

    /** Gateways and pods of different builds talk: where this changes, {@link PrefixSecret}'s label must, too. */
    @Test
    void keysAreTheSameInEveryBuild() {
        PrefixHasher hasher = hasher("a credential of sixteen or more");
        assertThat(chain(hasher, new PrefixScope("tenant", "salt", "model", "", 0), 1, 2, 3, 4)
                        .key(0))
                .isEqualTo(new PrefixKey(1450383755922105334L, -287929682612819079L));
        assertThat(hasher.scheme()).isEqualTo(8696382988398971247L);
    }

    @Test
    void contentOfEmbeddingsIsPartOfTheKey() {
        assertThat(image((byte) 1)).isEqualTo(image((byte) 1)).isNotEqualTo(image((byte) 2));
    }

    private static PrefixKey image(byte content) {
        byte[] hash = new byte[16];
        hash[15] = content;
        List<EmbeddingSpan> spans = List.of(new EmbeddingSpan(1, 2, MemorySegment.NULL, hash));
        return new TokenChain(hasher("a credential"), SCOPE, i -> 0, spans, BLOCK).key(0);
    }

    @Test
    void anUnsharedSecretIsDrawnForEachProcess() {
        assertThat(PrefixSecret.random()).isNotEqualTo(PrefixSecret.random()).hasSize(32);
        assertThat(PrefixSecret.shared(Optional.empty()))
                .isEqualTo(PrefixSecret.shared(Optional.empty()))
                .isNotEqualTo(PrefixSecret.shared(Optional.of("a credential")));
    }

    @Test
    void refusesASecretThatCanBeGuessed() {
        assertThatThrownBy(() -> new PrefixHasher(new byte[15])).hasMessageContaining("15 bytes");
    }
}
