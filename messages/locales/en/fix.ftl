# Requests that undo or mend what did it.
fix-offer-revert = Open revert PR
fix-offer-hotfix = Draft hotfix PR
fix-confirm-revert = A request that undoes { $change } “{ $title }” is opened for review. It is never merged by Tawny, and nothing that runs changes.
fix-confirm-hotfix = A model drafts the smallest change that mends { $change } “{ $title }”. It is opened as a draft and never merged by Tawny.
fix-link = Request { $number }
event-fix-revert-asked = { $by } asks for a request that undoes { $change } “{ $title }”
event-fix-hotfix-asked = { $by } asks for a draft that mends { $change } “{ $title }”
event-fix-revert-suggested = { $client } asks people for a request that undoes { $change } “{ $title }”
event-fix-hotfix-suggested = { $client } asks people for a draft that mends { $change } “{ $title }”
fix-client-for = { $client }, on behalf of { $person },
event-fix-opened = Request { $number } into { $into } is open for review: { $what }
event-fix-revert-failed = No request that undoes { $change } was opened: { $why }
event-fix-hotfix-failed = No draft that mends { $change } was opened: { $why }
fix-how-reverted = it undoes { $change } in { $files ->
    [one] { $files } file
   *[other] { $files } files
}
fix-how-merged = it undoes { $change } in { $files ->
    [one] { $files } file
   *[other] { $files } files
}, of which { $merged } had changed since and { $merged ->
    [one] was
   *[other] were
} brought together line by line
fix-how-pinned = it puts { $key } in { $file } from { $was } back to { $becomes }
fix-how-mended = it mends { $change } in { $files ->
    [one] { $files } file
   *[other] { $files } files
} (+{ $added } −{ $removed } lines)
fix-trouble-not-configured = no account is configured that may write code there. Give the code host write_auth or write_token.
fix-trouble-no-commit = the code host does not know the commit. Push it there, or name another one.
fix-trouble-not-there = the commit is not on { $branch }. Name the commit by which it came there, or set the branch in the configuration.
fix-trouble-merge = it is a merge, which does not say which of its sides is to go. Name the one commit of it that did harm, or use the host's own revert of the request.
fix-trouble-first = it is the first commit of the repository: without it nothing is left.
fix-trouble-too-large = it changes { $files } files, more than are brought together here. Revert it by hand.
fix-trouble-conflict = changed since in the same places: { $paths }. Revert it by hand and keep what came later.
fix-trouble-conflict-somewhere = a more recent commit changed the same places. Revert it by hand and keep what came later.
fix-trouble-no-text = changed since, and no text whose lines could be brought together: { $paths }. Choose one version by hand.
fix-trouble-moved = moved or removed since: { $paths }. Revert it by hand where they are now.
fix-trouble-undone = the branch has nothing of it any more. There is nothing left to do.
fix-trouble-branch-taken = the branch { $branch } is there and is not Tawny's. Delete or rename it, and ask again.
fix-trouble-closed = it was opened before, and people closed it: { $url }. Open it again there if you want it.
fix-trouble-merged = it was opened before and is merged: { $url }.
fix-trouble-rights = the code host does not let Tawny ({ $status }: { $message }). Give its account the rights to write contents and requests there, or let it make branches that begin with “tawny/”.
fix-trouble-refused = the code host refuses it ({ $status }: { $message }).
fix-trouble-unreachable = the code host could not be asked in time ({ $why }). Ask again later.
fix-trouble-no-pin = { $key } in { $file } cannot be put back: { $problem }.
fix-trouble-no-change = there is no draft that can be used: { $why }. Ask again, or mend it by hand.
fix-unusable-silent = no model answered within its bounds
fix-unusable-declined = the model does not want to write one
fix-unusable-unreadable = what the model wrote is not in the form that was asked for
fix-unusable-nothing = what the model wrote changes nothing
fix-unusable-apart = what the model wrote does not apply to the files as they are
fix-unusable-elsewhere = the model wanted to change files that the suspect did not
fix-unusable-off-limits = the suspect changed no text that a draft may touch (not pipelines, locked versions or secrets)
fix-unusable-too-long = what the model wrote changes more lines than a draft may
fix-unusable-secret = what the model wrote has something in it that looks like a secret
fix-part-model = What the model says of it
fix-part-printed = The end of what the command printed
fix-message-why = Tawny found that { $lead } does harm, and suspects { $change } (deployment { $deployment }).
fix-message-reverts = This reverts commit { $commit }.
fix-title-revert = Revert “{ $title }” ({ $change })
fix-title-hotfix = Mend “{ $title }” ({ $change })
fix-title-pinned = Go back to { $version }
fix-part-does = What this does
fix-part-found = What was found
fix-look-merged = The files that had changed since deserve a second look: the lines fit, and whether their sense does, only people can tell.
fix-look-pinned = The change itself is not undone: { $why }
fix-look-unchecked = A model wrote it. It applies; nobody has built or tested it.
fix-look-checked = A model wrote it. It applies, and the configured command was content with it.
fix-look-broken = A model wrote it. It applies, and the configured command was not content with it.
fix-look-merge = Tawny never merges it: look at it, and merge or close it.
fix-fact-deployment = Deployment
fix-fact-asked = Asked for by
fix-deployment = { $deployment }, from { $from } to { $to }
fix-footer = Opened by Tawny on a person's word.
