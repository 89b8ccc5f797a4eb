package org.slotwarden.portal.ingest;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.evidence.SlotEvidence;
import org.slotwarden.portal.order.OrderNews;
import org.slotwarden.portal.order.OrderState;
import org.slotwarden.portal.order.SlotOrder;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.KillResult;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.TailPart;

/** Checks what agents tell of orders. */
final class OrderReader {

    private OrderReader() {}

    /**
     * @param time checked
     * @param evidence checked
     */
    static OrderNews read(OrderResult result, Instant time, @Nullable SlotEvidence evidence, Figures figures)
            throws ReportRefused {
        OrderState state = switch (result.getState()) {
            case BEGUN -> OrderState.BEGUN;
            case DONE -> OrderState.DONE;
            case FAILED -> OrderState.FAILED;
            case REFUSED -> OrderState.REFUSED;
            case STATE_UNSPECIFIED, UNRECOGNIZED -> throw new ReportRefused("the result of an order has no state");
        };
        String detail = EvidenceReader.line(result.getDetail(), WireContract.MAX_ORDER_DETAIL_BYTES);
        return new OrderNews(
                result.getOrderId(),
                time,
                state,
                detail.isEmpty() ? null : detail,
                result.hasKill() ? killed(result.getKill(), figures) : null,
                evidence,
                result.hasTail() ? output(result.getTail()) : null);
    }

    private static SlotOrder.@Nullable Killed killed(KillResult kill, Figures figures) {
        boolean sound = figures.isCount(kill.getProcesses(), "processes of a kill")
                && figures.isCount(kill.getEndedByTerm(), "ended_by_term")
                && figures.isCount(kill.getKilled(), "killed")
                && figures.isCount(kill.getLeft(), "left")
                && figures.areSeconds(kill.getTookSeconds(), "took_seconds");
        return sound
                ? new SlotOrder.Killed(
                        kill.getProcesses(),
                        kill.getEndedByTerm(),
                        kill.getKilled(),
                        kill.getLeft(),
                        kill.getTookSeconds())
                : null;
    }

    private static OrderNews.Output output(TailPart part) throws ReportRefused {
        if (part.getData().size() > WireContract.MAX_TAIL_BYTES) {
            throw new ReportRefused("a part of the output is larger than " + WireContract.MAX_TAIL_BYTES + " bytes");
        }
        return new OrderNews.Output(
                Math.max(0, part.getOffset()), part.getData().toByteArray(), Math.max(0, part.getLeftOutBytes()));
    }
}
