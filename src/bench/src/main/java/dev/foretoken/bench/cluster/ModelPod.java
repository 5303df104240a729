package dev.foretoken.bench.cluster;

import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.routing.cost.FirstTokenEstimate;
import dev.foretoken.scheduler.loop.PlacePace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the scheduler does, as far as times depend on it: one token for each that generates, prompts share what is left as there, the oldest
 * takes half. It knows one tenant and one class, and does not run out of blocks while sequences run: who does not fit has to wait. As fast as a
 * thousand of them need to be.
 */
final class ModelPod implements Pod {

    private static final int LEAST_SPAN = 16;

    private final PodSpec spec;
    private final Progress progress;
    private final ModelCache cache = new ModelCache();
    private final TenantChains chains;
    private final ArrayDeque<ModelSequence> waiting = new ArrayDeque<>();
    private final List<ModelSequence> running = new ArrayList<>();
    private final PlacePace places = new PlacePace();
    private int ownBlocks;
    private long ends;
    private int tokens;
    private int draws;
    private double pairs;
    private int promptRoom;

    ModelPod(PodSpec spec, TenantChains chains, Progress progress) {
        this.spec = spec;
        this.chains = chains;
        this.progress = progress;
    }

    @Override
    public boolean submit(SimulatedRequest request, long now) {
        boolean room = waiting.size() < spec.maxQueued();
        if (room) {
            waiting.add(new ModelSequence(request, chains.chain(request.tenant, request.tokens)));
        }
        return room;
    }

    @Override
    public long begin(long now) {
        tokens = 0;
        draws = 0;
        pairs = 0;
        planGenerated();
        promptRoom = tokens > 0 ? Math.min(spec.besideDecode(), spec.stepTokens() - tokens) : spec.stepTokens();
        planPrompts();
        admit();
        giveLeftovers();
        return running.isEmpty() ? IDLE : spec.nanos(tokens, draws, pairs);
    }

    private void planGenerated() {
        for (int i = 0; i < running.size(); i++) {
            ModelSequence sequence = running.get(i);
            sequence.planned = 0;
            if (sequence.generates()) {
                give(sequence, 1);
            }
        }
    }

    private void planPrompts() {
        int left = 0;
        for (int i = 0; i < running.size(); i++) {
            left += running.get(i).generates() ? 0 : 1;
        }
        for (int i = 0; left > 0 && promptRoom > 0 && i < running.size(); i++) {
            ModelSequence sequence = running.get(i);
            if (!sequence.generates()) {
                left--;
                givePrompt(sequence, left > 0 || !waiting.isEmpty());
            }
        }
    }

    private void givePrompt(ModelSequence sequence, boolean contended) {
        int share = contended ? Math.min(promptRoom, Math.max(LEAST_SPAN, promptRoom / 2)) : promptRoom;
        int count = Math.min(share, sequence.promptLeft() - sequence.planned);
        promptRoom -= count;
        give(sequence, count);
    }

    private void give(ModelSequence sequence, int count) {
        pairs += FirstTokenEstimate.attended((double) sequence.computed + sequence.planned, count);
        tokens += count;
        sequence.planned += count;
        draws += count > 0 && sequence.computed + sequence.planned >= sequence.request.promptTokens ? 1 : 0;
    }

    private void admit() {
        while (promptRoom > 0 && !waiting.isEmpty() && running.size() < spec.rows()) {
            ModelSequence head = waiting.element();
            int held = cache.held(head.chain, head.mostBlocks());
            int own = Math.ceilDiv(head.request.promptTokens + head.request.answerTokens, PodSpec.BLOCK_TOKENS) - held;
            if (ownBlocks + own > spec.blocks() && !running.isEmpty()) {
                return;
            }
            waiting.remove();
            enter(head, held, own);
            givePrompt(head, !waiting.isEmpty());
        }
    }

    private void enter(ModelSequence head, int held, int own) {
        head.computed = held * PodSpec.BLOCK_TOKENS;
        head.cached = head.computed;
        head.ownBlocks = own;
        head.planned = 0;
        ownBlocks += own;
        cache.trim(spec.blocks() - ownBlocks);
        running.add(head);
    }

    private void giveLeftovers() {
        for (int i = 0; promptRoom > 0 && i < running.size(); i++) {
            ModelSequence sequence = running.get(i);
            if (!sequence.generates()) {
                givePrompt(sequence, false);
            }
        }
    }

    @Override
    public void end(long now) {
        int kept = 0;
        for (int i = 0; i < running.size(); i++) {
            ModelSequence sequence = running.get(i);
            if (sequence.planned > 0) {
                advance(sequence, now);
            }
            if (sequence.request.generated < sequence.request.answerTokens) {
                running.set(kept++, sequence);
            } else {
                ownBlocks -= sequence.ownBlocks;
                ends++;
                progress.ended(sequence.request, now);
            }
        }
        running.subList(kept, running.size()).clear();
        places.look(now, ends, waiting.size());
    }

    private void advance(ModelSequence sequence, long now) {
        int before = sequence.computed / PodSpec.BLOCK_TOKENS;
        sequence.computed += sequence.planned;
        int full = sequence.computed / PodSpec.BLOCK_TOKENS;
        if (full > before) {
            cache.store(sequence.chain, before, full);
            sequence.ownBlocks -= full - before;
            ownBlocks -= full - before;
            cache.trim(spec.blocks() - ownBlocks);
        }
        if (sequence.computed >= sequence.request.promptTokens) {
            sequence.request.generated++;
            if (sequence.request.generated == 1) {
                progress.firstToken(sequence.request, sequence.cached, now);
            }
        }
    }

    @Override
    public List<SimulatedRequest> open() {
        return Stream.concat(running.stream(), waiting.stream())
                .map(sequence -> sequence.request)
                .toList();
    }

    @Override
    public ModelLoad load(long now) {
        long queued = 0;
        double attended = 0;
        for (ModelSequence sequence : waiting) {
            int held = PodSpec.BLOCK_TOKENS * cache.holds(sequence.chain, sequence.mostBlocks());
            queued += sequence.request.promptTokens - held;
            attended += FirstTokenEstimate.attended(held, sequence.request.promptTokens - held);
        }
        long left = 0;
        int generating = 0;
        double context = 0;
        for (int i = 0; i < running.size(); i++) {
            ModelSequence sequence = running.get(i);
            if (sequence.generates()) {
                generating++;
                context += sequence.computed + 1;
            } else {
                left += sequence.promptLeft();
                attended += FirstTokenEstimate.attended(sequence.computed, sequence.promptLeft());
            }
        }
        PromptWork work = new PromptWork(queued, left, attended, places.nanos());
        return new ModelLoad(
                PodSpec.MODEL,
                waiting.size(),
                running.size(),
                PodSpec.BLOCK_TOKENS,
                spec.blocks(),
                ownBlocks,
                work,
                spec.cost(generating, context),
                LoadCounters.ZERO);
    }

    @Override
    public List<PrefixChange> changes() {
        return cache.changes();
    }
}
