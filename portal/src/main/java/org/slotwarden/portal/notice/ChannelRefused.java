package org.slotwarden.portal.notice;

import org.slotwarden.portal.api.BadParameterException;

/** What cannot be a channel or a silence: a 400 that says which part, and why. */
public class ChannelRefused extends BadParameterException {

    private static final long serialVersionUID = 1L;

    ChannelRefused(String field, String why) {
        super(field, why);
    }
}
