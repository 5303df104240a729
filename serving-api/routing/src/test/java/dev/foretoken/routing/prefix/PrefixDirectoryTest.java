package dev.foretoken.routing.prefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.contract.prefix.PrefixSecret;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.routing.prefix.PromptPlaces.Held;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrefixDirectoryTest {

    private static final byte[] SECRET = PrefixSecret.shared(Optional.of("a pod credential"));
    private static final PrefixShape TWO = new PrefixShape(2, 1, true, 0, false, 100, 100);
    private static final PrefixShape THREE = new PrefixShape(3, 1, true, 0, false, 100, 100);
    /** From five tokens on, every length has keys of its own. */
    private static final PrefixShape BY_LENGTH = new PrefixShape(2, 1, true, 0, false, 100, 4);

    private final PrefixDirectory directory = new PrefixDirectory(SECRET, 100);

    private static GenerationRequest request(String tenant, int... tokens) {
        return GenerationRequest.greedy("r", "m", Prompt.of(tokens), 1)
                .withIdentity(new RequestIdentity("r", tenant, ""));
    }

    /** As a pod with the same credential would tell after it has computed the prompt. */
    private EndpointEntry computes(String endpoint, PrefixShape shape, GenerationRequest request) {
        TokenChain chain = new TokenChain(
                new PrefixHasher(SECRET),
                shape.scope(request, "m", ""),
                request.prompt().tokens()::get,
                List.of(),
                shape.blockTokens());
        List<PrefixChange> changes = new ArrayList<>();
        for (int i = 0; i < request.prompt().size() / shape.blockTokens(); i++) {
            changes.add(new PrefixChange.Stored(chain.key(i), chain.before(i), i, PrefixParts.BLOCKS));
        }
        EndpointEntry entry = directory.enter(endpoint, "m", shape);
        entry.apply(changes);
        return entry;
    }

    @Test
    void aPromptIsFoundWhereItsTenantComputedIt() {
        computes("e", TWO, request("t", 1, 2, 3, 4, 5));
        assertThat(directory.look("m", request("t", 1, 2, 3, 4, 9)).heldTokens("e"))
                .isEqualTo(4);
        assertThat(directory.look("m", request("t", 1, 2, 3, 4, 9)).longest(3, 0))
                .containsExactly(new Held("e", 4));
        assertThat(directory.look("m", request("u", 1, 2, 3, 4, 9)).longest(3, 0))
                .isEmpty();
        assertThat(directory.look("other", request("t", 1, 2, 3, 4, 9)).longest(3, 0))
                .isEmpty();
    }

    @Test
    void theLastTokenIsAlwaysComputed() {
        computes("e", TWO, request("t", 1, 2, 3, 4));
        assertThat(directory.look("m", request("t", 1, 2, 3, 4)).heldTokens("e"))
                .isEqualTo(2);
    }

    @Test
    void whatNoPodCanShareIsNotLookedFor() {
        GenerationRequest plain = request("t", 1, 2, 3);
        computes("e", TWO, plain);
        ModelOptions usual = plain.options();
        GenerationRequest adapted =
                plain.withOptions(new ModelOptions(usual.prefill(), usual.constraint(), Optional.of("lora")));
        GenerationRequest scored = plain.withOutput(new OutputOptions(-1, 0, false));
        assertThat(directory.look("m", plain).heldTokens("e")).isEqualTo(2);
        assertThat(directory.look("m", adapted).heldTokens("e")).isZero();
        assertThat(directory.look("m", scored).heldTokens("e")).isZero();
    }

    @Test
    void podsThatCutPromptsOtherwiseStandSideBySide() {
        computes("e", TWO, request("t", 1, 2, 3, 4, 5, 6, 7));
        computes("f", THREE, request("t", 1, 2, 3, 4, 5, 6, 7));
        computes("f", THREE, request("t", 1, 2, 3));
        assertThat(directory.look("m", request("t", 1, 2, 3, 4, 5)).longest(3, 0))
                .containsExactly(new Held("e", 4), new Held("f", 3));
        computes("e", THREE, request("t", 1, 2, 3));
        assertThat(directory.look("m", request("t", 1, 2, 3, 4, 5)).heldTokens("e"))
                .isEqualTo(3);
    }

    @Test
    void whoLeavesHoldsNothing() {
        EndpointEntry entry = computes("e", TWO, request("t", 1, 2, 3));
        entry.leave();
        assertThat(directory.look("m", request("t", 1, 2, 3)).heldTokens("e")).isZero();
        computes("e", TWO, request("t", 1, 2, 3));
        entry.leave();
        assertThat(directory.look("m", request("t", 1, 2, 3)).heldTokens("e")).isEqualTo(2);
    }

    @Test
    void beyondTheInvariantLengthOnlyEqualLimitsShare() {
        computes("e", BY_LENGTH, request("t", 1, 2, 3, 4, 5));
        GenerationRequest same = request("t", 1, 2, 3, 4, 7);
        assertThat(directory.look("m", same).heldTokens("e")).isEqualTo(4);
        GenerationRequest longer = same.withStop(StopConditions.afterTokens(2));
        assertThat(directory.look("m", longer).heldTokens("e")).isZero();
    }

    @Test
    void refusesShapesThatMeanNothing() {
        assertThatThrownBy(() -> new PrefixShape(0, 1, true, 0, false, 1, 1))
                .hasMessage("block tokens of a prefix cache: 0, must be at least 1");
        assertThatThrownBy(() -> new PrefixShape(1, 0, true, 0, false, 1, 1)).hasMessageContaining("alignment");
        assertThatThrownBy(() -> new PrefixShape(1, 1, true, -1, false, 1, 1)).hasMessageContaining("window");
        assertThatThrownBy(() -> new PrefixShape(1, 1, true, 0, false, 0, 1)).hasMessageContaining("context");
        assertThatThrownBy(() -> new PrefixShape(1, 1, true, 0, false, 1, -1)).hasMessageContaining("invariant");
    }
}
