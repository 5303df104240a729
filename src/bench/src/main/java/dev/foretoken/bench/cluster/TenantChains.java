package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixScope;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Begins the keys of prompts, each in the scope of its tenant. One thread. */
final class TenantChains {

    /** Keys need not be secret here. */
    static final byte[] SECRET = new byte[32];

    private final PrefixHasher hasher = new PrefixHasher(SECRET);
    private final List<PrefixScope> scopes;

    TenantChains(List<TenantShare> tenants, PrefixShape shape) {
        GenerationRequest any = GenerationRequest.greedy("r", PodSpec.MODEL, Prompt.of(0), 1);
        this.scopes = tenants.stream()
                .map(share -> new RequestIdentity("r", share.tenant().id(), ""))
                .map(identity -> shape.scope(any.withIdentity(identity), PodSpec.MODEL, ""))
                .toList();
    }

    /** {@code tenant}: among those of the load; {@code tokens}: at their positions. */
    TokenChain chain(int tenant, IntUnaryOperator tokens) {
        return new TokenChain(hasher, scopes.get(tenant), tokens, List.of(), PodSpec.BLOCK_TOKENS);
    }
}
