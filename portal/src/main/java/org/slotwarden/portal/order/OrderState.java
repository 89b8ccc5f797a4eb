package org.slotwarden.portal.order;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** How far an order for one slot came. What the agent tells is true, whatever the portal thought before. */
public enum OrderState {
    /** Ordered; no agent was told yet. */
    WAITING,
    /** Told to the agent, which has not said anything yet. */
    TOLD,
    /** The agent is at it. */
    BEGUN,
    DONE,
    /** Begun, and not brought to its end. */
    FAILED,
    /** The agent would not. */
    REFUSED,
    /** No agent took it in time, or one began and was never heard of again. */
    EXPIRED,
    /** The job had ended before. */
    TOO_LATE,
    /** Taken back before an agent began. */
    WITHDRAWN;

    private static final Set<OrderState> AFTER_BEGUN = EnumSet.of(DONE, FAILED);
    private static final Set<OrderState> TOLD_BY_AGENT = EnumSet.of(BEGUN, DONE, FAILED, REFUSED);
    private static final Set<OrderState> DECIDED_HERE = EnumSet.of(EXPIRED, TOO_LATE, WITHDRAWN);

    /** Whether an agent that has not heard of it may still be told. */
    public boolean open() {
        return this == WAITING || this == TOLD;
    }

    /** Nothing more is to be expected. */
    public boolean over() {
        return !open() && this != BEGUN;
    }

    boolean mayBecome(OrderState next) {
        return switch (this) {
            case WAITING, TOLD ->
                TOLD_BY_AGENT.contains(next) || DECIDED_HERE.contains(next) || (this == WAITING && next == TOLD);
            case BEGUN -> AFTER_BEGUN.contains(next);
            // The agent may have begun before, and was heard late.
            case EXPIRED, TOO_LATE, WITHDRAWN -> TOLD_BY_AGENT.contains(next);
            case DONE, FAILED, REFUSED -> false;
        };
    }

    /** As in REST. */
    @JsonValue
    public String stateName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
