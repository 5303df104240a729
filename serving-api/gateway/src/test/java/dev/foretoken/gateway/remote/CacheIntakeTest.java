package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.routing.prefix.PrefixDirectory;
import dev.foretoken.wire.pod.v1.CacheEvents;
import dev.foretoken.wire.pod.v1.CacheShape;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheIntakeTest {

    private static final byte[] SECRET = new byte[32];
    private static final GenerationRequest REQUEST = GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3, 4, 5), 1);
    private static final CacheShape TWO = CacheShape.newBuilder()
            .setBlockTokens(2)
            .setAlignment(1)
            .setBlocks(true)
            .setContextTokens(100)
            .setLengthInvariantTokens(100)
            .build();

    private final PrefixDirectory directory = new PrefixDirectory(SECRET, 100);
    private final CacheIntake intake = new CacheIntake("pod", directory);
    private final TokenChain chain = new TokenChain(
            new PrefixHasher(SECRET),
            new PrefixShape(2, 1, true, 0, false, 100, 100).scope(REQUEST, "m", ""),
            REQUEST.prompt().tokens()::get,
            List.of(),
            2);
    private long sequence;

    private CacheEvents.Builder message() {
        return CacheEvents.newBuilder()
                .setSequence(sequence++)
                .setScheme(directory.scheme())
                .setModel("m");
    }

    private CacheEvents.Builder stored(int index) {
        PrefixKey key = chain.key(index);
        PrefixKey parent = chain.before(index);
        return message()
                .addKeys(key.high())
                .addKeys(key.low())
                .addParts(1)
                .addIndexes(index)
                .addParents(parent.high())
                .addParents(parent.low());
    }

    private void takes(CacheEvents.Builder message) {
        assertThat(intake.take(message.build())).isTrue();
    }

    private int held() {
        return directory.look("m", REQUEST).heldTokens("pod");
    }

    @Test
    void whatThePodTellsIsHeldUntilItIsGone() {
        takes(message().setShape(TWO));
        takes(stored(0).setCleared(true));
        takes(stored(1));
        assertThat(held()).isEqualTo(4);
        takes(message()
                .addKeys(chain.key(1).high())
                .addKeys(chain.key(1).low())
                .addParts(1)
                .addIndexes(-1)
                .addParents(0)
                .addParents(0));
        assertThat(held()).isEqualTo(2);
        takes(message().setCleared(true));
        assertThat(held()).isZero();
        takes(stored(0));
        takes(message().setGone(true));
        assertThat(held()).isZero();
    }

    @Test
    void aCallThatEndsLateTakesNothingFromTheOneBehindIt() {
        takes(message().setShape(TWO));
        takes(stored(0));
        CacheIntake newer = new CacheIntake("pod", directory);
        sequence = 0;
        newer.take(message().setShape(TWO).build());
        newer.take(stored(0).build());
        sequence = 2;
        takes(message().setCleared(true));
        assertThat(held()).isEqualTo(2);
        takes(message().setGone(true));
        intake.forget();
        assertThat(held()).isEqualTo(2);
        newer.forget();
        assertThat(held()).isZero();
    }

    @Test
    void aNameLongerThanAnyIsRefused() {
        assertThatThrownBy(() -> intake.take(
                        message().setModel("m".repeat(2000)).setShape(TWO).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2000 characters");
    }

    @Test
    void aGapEndsTheCall() {
        takes(message().setShape(TWO));
        sequence++;
        assertThat(intake.take(stored(0).build())).isFalse();
        assertThat(held()).isZero();
    }

    @Test
    void whatACallToldEndsWithIt() {
        takes(message().setShape(TWO));
        takes(stored(0));
        intake.forget();
        assertThat(held()).isZero();
    }

    @Test
    void aModelThatWasLoadedAnewHoldsNothing() {
        takes(message().setShape(TWO));
        takes(stored(0));
        takes(message().setShape(TWO));
        assertThat(held()).isZero();
    }

    @Test
    void keysOfAnotherSecretAreRefused() {
        assertThatThrownBy(() -> intake.take(message()
                        .setShape(TWO)
                        .setScheme(directory.scheme() + 1)
                        .build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one pod credential");
    }

    @Test
    void columnsThatDoNotBelongTogetherAreRefused() {
        takes(message().setShape(TWO));
        for (CacheEvents.Builder broken : List.of(
                message().addParts(1),
                message().addKeys(1).addKeys(2),
                message().addKeys(1).addKeys(2).addParts(1).addIndexes(0),
                message().addKeys(1).addKeys(2).addParts(1).addParents(1).addParents(2))) {
            sequence = 1;
            CacheEvents message = broken.setSequence(1).build();
            CacheIntake fresh = new CacheIntake("pod", directory);
            assertThat(fresh.take(message().setSequence(0).setShape(TWO).build()))
                    .isTrue();
            assertThatThrownBy(() -> fresh.take(message)).hasMessageContaining("all of one length");
        }
    }

    @Test
    void aMessageOfTooManyChangesIsRefused() {
        takes(message().setShape(TWO));
        CacheEvents.Builder message = message();
        for (int i = 0; i < 4097; i++) {
            message.addKeys(i)
                    .addKeys(1)
                    .addParts(1)
                    .addIndexes(0)
                    .addParents(0)
                    .addParents(0);
        }
        assertThatThrownBy(() -> intake.take(message.build())).hasMessageContaining("at most 4096 changes");
    }

    @Test
    void aShapeThatMeansNothingIsRefused() {
        assertThatThrownBy(() -> intake.take(message()
                        .setShape(CacheShape.newBuilder().setBlockTokens(-1))
                        .build()))
                .hasMessageContaining("block tokens of a prefix cache: -1");
    }

    @Test
    void whatIsToldOfAModelWithoutAShapeIsNotKept() {
        takes(stored(0));
        assertThat(held()).isZero();
    }
}
