-- How many tokens each tree was granted, by tool and risk class: {"mail:write": 3}. Policies may set limits on it. Of the whole tree, so
-- read and written on the root's row only, as the history is. Trees that are alive now are counted from here on: their tokens do not
-- say what risk class they were granted for, and no tree lives longer than a day.
ALTER TABLE tasks ADD COLUMN granted jsonb NOT NULL DEFAULT '{}';
