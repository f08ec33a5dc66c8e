// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tasks/message_log.h"

#include "app/text/error_text.h"

#include <utility>

namespace dispersa {

void MessageLog::add(Message message)
{
    if (!message.time.isValid())
        message.time = QDateTime::currentDateTime();
    m_messages.push_back(std::move(message));
    const Message copy = m_messages.back(); // a receiver may add another, which moves the vector
    Q_EMIT added(copy);
}

void MessageLog::addError(const Error& error, const QString& scan, const QString& topic)
{
    if (error.code == ErrorCode::Cancelled)
        return;
    QString detail = QString::fromStdString(error.message);
    if (!error.detail.empty())
        detail += u'\n' + QString::fromStdString(error.detail);
    const bool mendable = error.code == ErrorCode::ScanShapeUnknown && !scan.isEmpty();
    add({MessageKind::Error, errorText(error), detail, scan, QString::fromStdString(error.file.string()), {},
         mendable ? MessageLink::ScanShape : MessageLink::Subject, topic});
}

void MessageLog::addWarning(const Warning& warning, const QString& topic)
{
    add({MessageKind::Warning,
         warningText(warning),
         QString::fromStdString(warning.code),
         QString::fromStdString(warning.scan),
         QString::fromStdString(warning.file.string()),
         {},
         MessageLink::Subject,
         topic});
}

void MessageLog::addNote(const QString& text)
{
    add({MessageKind::Note, text, {}, {}, {}, {}});
}

void MessageLog::withdraw(const QString& topic)
{
    if (std::erase_if(m_messages, [&](const Message& message) { return message.topic == topic; }) > 0)
        Q_EMIT withdrawn();
}

void MessageLog::clear()
{
    m_messages.clear();
    Q_EMIT cleared();
}

} // namespace dispersa
