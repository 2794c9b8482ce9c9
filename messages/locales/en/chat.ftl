# What only chats say.
chat-cut = There is more than fits here: the rest is on Tawny's page.
chat-unknown-person = Tawny does not know you: none of the configured people has the chat account { $account }, so you cannot answer here.
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
