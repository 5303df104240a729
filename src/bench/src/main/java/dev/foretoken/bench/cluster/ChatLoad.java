package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.TokenChain;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/** Draws the requests of a load: when they come, and which turn of which chat each is. The next turn does not wait for the last one's answer. */
final class ChatLoad {

    /** Tells the tokens of system prompts from those of chats. */
    private static final long SYSTEM = 0x5DEECE66DL;

    private final ClusterConfig.Load load;
    private final ChatSpec chat;
    private final TenantChains chains;
    private final int[] tenants;
    private final SplittableRandom random;
    private final int[] groups;
    private final int[] turns;
    private final long[] begunAs;
    private int sent;
    private long begun;

    ChatLoad(ClusterConfig.Load load, TenantChains chains) {
        this.load = load;
        this.chat = load.chat();
        this.chains = chains;
        this.tenants = tenants(load.tenants(), chat.sessions());
        this.random = new SplittableRandom(load.seed());
        this.groups = new int[chat.sessions()];
        this.turns = new int[chat.sessions()];
        this.begunAs = new long[chat.sessions()];
        for (int session = 0; session < chat.sessions(); session++) {
            begin(session);
            turns[session] = random.nextInt(chat.turns());
        }
    }

    /** Which tenant each session is of, in proportion to their shares. */
    private static int[] tenants(List<TenantShare> shares, int sessions) {
        double all = shares.stream().mapToDouble(TenantShare::share).sum();
        int[] tenants = new int[sessions];
        double sum = 0;
        int from = 0;
        for (int tenant = 0; tenant < shares.size(); tenant++) {
            sum += shares.get(tenant).share();
            int end = tenant == shares.size() - 1 ? sessions : (int) Math.round(sum / all * sessions);
            Arrays.fill(tenants, from, end, tenant);
            from = end;
        }
        return tenants;
    }

    private void begin(int session) {
        groups[session] = random.nextInt(chat.groups());
        begunAs[session] = ++begun;
        turns[session] = 0;
    }

    /** Nanoseconds until the next request comes. */
    long distance() {
        return (long) (-Math.log(1 - random.nextDouble()) / load.perSecond() * 1e9);
    }

    /** 64 bits for a choice. */
    long draw() {
        return random.nextLong();
    }

    SimulatedRequest next(long now) {
        int session = random.nextInt(chat.sessions());
        if (turns[session] == chat.turns()) {
            begin(session);
        }
        IntUnaryOperator tokens = tokens(SYSTEM + groups[session], begunAs[session]);
        TokenChain chain = chains.chain(tenants[session], tokens);
        int prompt = chat.promptTokens(turns[session]++);
        return new SimulatedRequest(sent++, tokens, chain, prompt, chat.answerTokens(), now, tenants[session]);
    }

    int sent() {
        return sent;
    }

    private IntUnaryOperator tokens(long system, long own) {
        int systemTokens = chat.systemTokens();
        return position -> token(position < systemTokens ? system : own, position);
    }

    private static int token(long text, int position) {
        long mixed = (text << 20 ^ position) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
        return (int) (((mixed ^ mixed >>> 32) & 0xFFFF_FFFFL) * PodSpec.VOCABULARY >>> 32);
    }
}
