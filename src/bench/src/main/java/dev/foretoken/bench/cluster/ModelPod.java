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
    private final ArrayDeque<SimulatedRequest> waiting = new ArrayDeque<>();
    private final List<SimulatedRequest> running = new ArrayList<>();
    private final PlacePace places = new PlacePace();
    private int ownBlocks;
    private long ends;
    private int tokens;
    private int draws;
    private double pairs;
    private int promptRoom;

    ModelPod(PodSpec spec, Progress progress) {
        this.spec = spec;
        this.progress = progress;
    }

    @Override
    public boolean submit(SimulatedRequest request, long now) {
        boolean room = waiting.size() < spec.maxQueued();
        if (room) {
            waiting.add(request);
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
            SimulatedRequest request = running.get(i);
            request.planned = 0;
            if (request.generates()) {
                give(request, 1);
            }
        }
    }

    private void planPrompts() {
        int left = 0;
        for (int i = 0; i < running.size(); i++) {
            left += running.get(i).generates() ? 0 : 1;
        }
        for (int i = 0; left > 0 && promptRoom > 0 && i < running.size(); i++) {
            SimulatedRequest request = running.get(i);
            if (!request.generates()) {
                left--;
                givePrompt(request, left > 0 || !waiting.isEmpty());
            }
        }
    }

    private void givePrompt(SimulatedRequest request, boolean contended) {
        int share = contended ? Math.min(promptRoom, Math.max(LEAST_SPAN, promptRoom / 2)) : promptRoom;
        int count = Math.min(share, request.promptLeft() - request.planned);
        promptRoom -= count;
        give(request, count);
    }

    private void give(SimulatedRequest request, int count) {
        pairs += FirstTokenEstimate.attended((double) request.computed + request.planned, count);
        tokens += count;
        request.planned += count;
        draws += count > 0 && request.computed + request.planned >= request.promptTokens ? 1 : 0;
    }

    private void admit() {
        while (promptRoom > 0 && !waiting.isEmpty() && running.size() < spec.rows()) {
            SimulatedRequest head = waiting.element();
            int held = cache.held(head.chain, mostBlocks(head));
            int own = Math.ceilDiv(head.promptTokens + head.answerTokens, PodSpec.BLOCK_TOKENS) - held;
            if (ownBlocks + own > spec.blocks() && !running.isEmpty()) {
                return;
            }
            waiting.remove();
            enter(head, held, own);
            givePrompt(head, !waiting.isEmpty());
        }
    }

    private static int mostBlocks(SimulatedRequest request) {
        return (request.promptTokens - 1) / PodSpec.BLOCK_TOKENS;
    }

    private void enter(SimulatedRequest head, int held, int own) {
        head.computed = held * PodSpec.BLOCK_TOKENS;
        head.cachedTokens = head.computed;
        head.ownBlocks = own;
        head.planned = 0;
        ownBlocks += own;
        cache.trim(spec.blocks() - ownBlocks);
        running.add(head);
    }

    private void giveLeftovers() {
        for (int i = 0; promptRoom > 0 && i < running.size(); i++) {
            SimulatedRequest request = running.get(i);
            if (!request.generates()) {
                givePrompt(request, false);
            }
        }
    }

    @Override
    public void end(long now) {
        int kept = 0;
        for (int i = 0; i < running.size(); i++) {
            SimulatedRequest request = running.get(i);
            if (request.planned > 0) {
                advance(request, now);
            }
            if (request.generated < request.answerTokens) {
                running.set(kept++, request);
            } else {
                ownBlocks -= request.ownBlocks;
                ends++;
                progress.ended(request, now);
            }
        }
        running.subList(kept, running.size()).clear();
        places.look(now, ends, waiting.size());
    }

    private void advance(SimulatedRequest request, long now) {
        int before = request.computed / PodSpec.BLOCK_TOKENS;
        request.computed += request.planned;
        int full = request.computed / PodSpec.BLOCK_TOKENS;
        if (full > before) {
            cache.store(request.chain, before, full);
            request.ownBlocks -= full - before;
            ownBlocks -= full - before;
            cache.trim(spec.blocks() - ownBlocks);
        }
        if (request.computed >= request.promptTokens) {
            request.generated++;
            if (request.generated == 1) {
                progress.firstToken(request, now);
            }
        }
    }

    @Override
    public List<SimulatedRequest> open() {
        List<SimulatedRequest> open = new ArrayList<>(running);
        open.addAll(waiting);
        return open;
    }

    @Override
    public ModelLoad load(long now) {
        long queued = 0;
        double attended = 0;
        for (SimulatedRequest request : waiting) {
            int held = PodSpec.BLOCK_TOKENS * cache.holds(request.chain, mostBlocks(request));
            queued += request.promptTokens - held;
            attended += FirstTokenEstimate.attended(held, request.promptTokens - held);
        }
        long left = 0;
        int generating = 0;
        double context = 0;
        for (int i = 0; i < running.size(); i++) {
            SimulatedRequest request = running.get(i);
            if (request.generates()) {
                generating++;
                context += request.computed + 1;
            } else {
                left += request.promptLeft();
                attended += FirstTokenEstimate.attended(request.computed, request.promptLeft());
            }
        }
        PromptWork work = new PromptWork(queued, left, attended, places.nanos());
        return new ModelLoad(
                ClusterSimulation.MODEL,
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
