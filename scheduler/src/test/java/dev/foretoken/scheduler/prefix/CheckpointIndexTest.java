package dev.foretoken.scheduler.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixScope;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointIndexTest {

    private static final int BLOCK = 2;

    private final PrefixHasher hasher = new PrefixHasher(new byte[32]);
    private final PrefixHistory history = new PrefixHistory();
    private final CheckpointPool pool = new CheckpointPool(1);
    private final CheckpointIndex index = new CheckpointIndex(pool, history);

    private TokenChain chain(String tenant, int... tokens) {
        return new TokenChain(hasher, new PrefixScope(tenant, "", "m", "", 0), i -> tokens[i], List.of(), BLOCK);
    }

    private int kept(TokenChain chain, int blocks) {
        int number = pool.allocate(0, 1);
        assertThat(index.add(chain, blocks, number)).isTrue();
        pool.release(number);
        return number;
    }

    @Test
    void findsTheCopyBehindExactlyTheseTokensOfThisTenant() {
        int number = kept(chain("t", 1, 2, 3, 4), 2);
        assertThat(index.find(chain("t", 1, 2, 3, 4, 5, 6), 2)).isEqualTo(number);
        assertThat(index.find(chain("t", 1, 2, 3, 4, 5, 6), 1)).isEqualTo(CheckpointPool.NONE);
        assertThat(index.find(chain("t", 1, 2, 3, 4, 5, 6), 3)).isEqualTo(CheckpointPool.NONE);
        assertThat(index.find(chain("t", 1, 9, 3, 4), 2)).isEqualTo(CheckpointPool.NONE);
        assertThat(index.find(chain("u", 1, 2, 3, 4), 2)).isEqualTo(CheckpointPool.NONE);
    }

    @Test
    void comparesTokensEvenWhenKeysAreEqual() {
        int[] shown = {1, 2, 3, 4};
        TokenChain forged = chain("t", shown);
        forged.key(1);
        shown[3] = 99;
        kept(chain("t", 1, 2, 3, 4), 2);
        assertThat(index.find(forged, 2)).isEqualTo(CheckpointPool.NONE);
    }

    @Test
    void theSecondCopyOfTheSameTokensIsNotKept() {
        CheckpointPool two = new CheckpointPool(2);
        CheckpointIndex both = new CheckpointIndex(two, history);
        assertThat(both.add(chain("t", 1, 2), 1, two.allocate(0, 1))).isTrue();
        int second = two.allocate(0, 1);
        assertThat(both.add(chain("t", 1, 2), 1, second)).isFalse();
        two.release(second);
        assertThat(two.held()).isEqualTo(1);
    }

    @Test
    void remembersWhatWasGivenUpUntilItIsKeptAgain() {
        pool.onEviction(index::evict);
        TokenChain chain = chain("t", 1, 2);
        kept(chain, 1);
        kept(chain("t", 5, 6), 1);
        assertThat(index.find(chain, 1)).isEqualTo(CheckpointPool.NONE);
        assertThat(history.wasEvicted(chain, 1)).isTrue();
        kept(chain, 1);
        assertThat(history.wasEvicted(chain, 1)).isFalse();
        assertThat(history.knows(chain, 1)).isTrue();
    }

    @Test
    void whatIsForgottenIsFreeAndNotFound() {
        kept(chain("t", 1, 2), 1);
        index.forgetAll();
        assertThat(index.isEmpty()).isTrue();
        assertThat(pool.held()).isZero();
    }
}
