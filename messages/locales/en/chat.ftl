# What only chats say.
chat-cut = There is more than fits here: the rest is on Tawny's page.
chat-unknown-person = Tawny does not know the chat account { $account } yet. Ask for a code with “link” on the page or with “tawny say link”, then say here: “/tawny link CODE”.
chat-other-team = You belong to another workspace than Tawny's app, so you cannot answer here.
chat-who-can = Who can: { $people }.
chat-nobody-can = Nobody who is configured can.
chat-not-kept = Your answer could not be kept and does not count. Press again, or answer on Tawny's page.
chat-unknown-question = This question is not known here any more. Look at Tawny's page.
chat-yes = Yes, do it
# A dialog that asks why.
dialog-reason = Why
dialog-reason-hint = Everybody reads it in the thread, and it stays on record.
dialog-evidence = Last measured { $measured } ago. What was found last changed { $found } ago.
dialog-evidence-nothing = Last measured { $measured } ago. Nothing that was found is still open.
dialog-evidence-recorded = What was found last changed { $found } ago. When it was last measured, another server knows.
dialog-evidence-unknown = Nothing that was found is still open. When it was last measured is not known here.
dialog-too-short = Please write at least { $least } characters.
dialog-not-opened = The dialog for the reason could not be opened. Press again, or say in the thread: { $choice } because …
chat-choices = Can be answered: { $choices }.

# Tawny's own page in a chat.
home-title = Tawny
home-nothing-asked = Nothing waits for an answer.
home-asked-count = { $count ->
    [one] One deployment waits for an answer.
   *[other] { $count } deployments wait for an answer.
}
home-asked = Waits for an answer
home-question = { $said } — to be answered by { $until }
home-thread = Thread of { $lead }
home-page = Page of { $lead }
home-services = Services
home-recent = Deployed last
home-deployed = { $at } · { $said }
home-footer = as of { $at } · fresh each time that you open this · times in UTC
dialog-glass = Break the glass
dialog-glass-means = You go past a rule of who may answer. It is done at once, and everybody is told, with your reason.

# What a chart shows, and what it says to those who do not see it.
chart-title = { $signal } · { $lead }
chart-deployed = deployed
chart-began = began to move
chart-limit = limit { $limit }
chart-before = before, all instances
chart-changed = changed instances
chart-unchanged = unchanged ones, same time
chart-tolerated = tolerated
chart-asked = asked
chart-back = old version is back
chart-alt-nothing = Nothing was found in it.
chart-alt = { $signal } of { $lead }: { $before } before, { $after } now.
chart-alt-over = { $signal } of { $lead }: { $before } before, { $meanwhile } when it was found, { $after } now.
chart-alt-after = It began to move { $after } after the deployment.
chart-alt-before = It began to move { $before } before the deployment.
chart-alt-limit = The limit is { $limit }.
chart-alt-beyond = That is beyond the limit of { $limit }.
chat-called = On call:
