package dev.foretoken.bench.cluster;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * Chats that share their beginnings.
 *
 * @param groups different system prompts
 * @param systemTokens of each
 * @param sessions chats at a time; each arrival is the next turn of one of them, drawn
 * @param turns of a chat, then another takes its place
 * @param userTokens of a turn
 * @param answerTokens of a turn
 */
record ChatSpec(int groups, int systemTokens, int sessions, int turns, int userTokens, int answerTokens) {

    ChatSpec {
        requireRange("chat.groups", groups, 1, 1 << 20);
        requireRange("chat.system-tokens", systemTokens, 0, PodSpec.CONTEXT / 2);
        requireRange("chat.sessions", sessions, 1, 1 << 24);
        requireRange("chat.turns", turns, 1, 1024);
        requireRange("chat.user-tokens", userTokens, 1, PodSpec.CONTEXT / 4);
        requireRange("chat.answer-tokens", answerTokens, 1, PodSpec.CONTEXT / 4);
        requireRange("tokens of a chat", longest(systemTokens, turns, userTokens, answerTokens), 1, PodSpec.CONTEXT);
    }

    private static int longest(int systemTokens, int turns, int userTokens, int answerTokens) {
        return systemTokens + turns * (userTokens + answerTokens);
    }

    /** Tokens of the prompt of a turn, from 0. */
    int promptTokens(int turn) {
        return systemTokens + turn * (userTokens + answerTokens) + userTokens;
    }
}
